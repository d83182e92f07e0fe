import { beforeAll, describe, expect, test } from "vitest";
import { serverOf } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Whether there is something before and after a page is what is there, not how the page was come to. */

let organization: Organization;

interface Connection {
  readonly edges: readonly { readonly cursor: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean };
}
type Kind = "contacts" | "leads" | "deals" | "activities" | "conversations";

/** Five of a kind, newest first, and how its page is asked for: at the root, or as a contact's. */
async function plant(kind: Kind): Promise<{ ids: string[]; ask(args: string): string }> {
  const owner = await organization.contact({ name: "Owner", deletedAt: new Date() });
  const ids: string[] = [];
  for (let at = 0; at < 5; at += 1) {
    const when = new Date(Date.UTC(2026, 0, 20 - at));
    const contactId = owner.id;
    const made = {
      contacts: () => organization.contact({ source: kind, createdAt: when }),
      leads: () => organization.lead({ createdAt: when }),
      deals: () => organization.deal({ contactId, createdAt: when }),
      activities: () => organization.activity({ contactId, occurredAt: when }),
      conversations: () => organization.conversation({ contactId, lastMessageAt: when }),
    }[kind];
    ids.push((await made()).id);
  }
  const page = "edges { cursor } pageInfo { hasNextPage hasPreviousPage }";
  const ask = (args: string) =>
    kind === "contacts" || kind === "leads"
      ? `{ page: ${kind}(${args}) { ${page} } }`
      : `{ contact(id: "${owner.globalId}") { page: ${kind}(${args}) { ${page} } } }`;
  return { ids, ask };
}

/** The page of a query, interpreted and compiled, which are the same. */
async function pageOf(query: string): Promise<Connection> {
  const answers = [];
  for (const compileAfter of [Number.POSITIVE_INFINITY, 0]) {
    const server = await serverOf(compileAfter);
    const response = await server.fetch("http://test/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${organization.key}` },
      body: JSON.stringify({ query }),
    });
    answers.push(await response.text());
  }
  expect(answers[1]).toBe(answers[0]);
  const { data, errors } = JSON.parse(answers[0] ?? "");
  expect(errors).toBeUndefined();
  return data.page ?? data.contact.page;
}

beforeAll(async () => {
  organization = await Organization.make();
});

describe.each<Kind>(["contacts", "leads", "deals", "activities", "conversations"])("%s", (kind) => {
  test("around pages, cursors of deleted rows, and beyond the end", async () => {
    const { prisma } = await testDatabase();
    const { ids, ask } = await plant(kind);
    const around = async (args: string) => {
      const { pageInfo } = await pageOf(ask(args));
      return [pageInfo.hasPreviousPage, pageInfo.hasNextPage];
    };
    const { edges } = await pageOf(ask("first: 100"));
    const [first, second, , fourth, last] = edges.map(({ cursor }) => cursor);
    expect(edges).toHaveLength(5);

    expect(await around("first: 5")).toEqual([false, false]);
    expect(await around("first: 2")).toEqual([false, true]);
    expect(await around("last: 2")).toEqual([true, false]);
    expect(await around(`first: 2, after: "${first}"`)).toEqual([true, true]);
    expect(await around(`first: 2, after: "${last}"`)).toEqual([true, false]);
    expect(await around(`last: 2, before: "${last}"`)).toEqual([true, true]);
    expect(await around(`last: 2, before: "${first}"`)).toEqual([false, true]);

    const remove = (id = "") =>
      kind === "contacts" || kind === "leads"
        ? (prisma[kind === "contacts" ? "contact" : "lead"] as typeof prisma.lead).updateMany({
            where: { orgId: organization.id, id },
            data: { deletedAt: new Date() },
          })
        : (
            prisma[
              ({ deals: "deal", activities: "activity", conversations: "conversation" } as const)[kind]
            ] as typeof prisma.conversation
          ).deleteMany({ where: { orgId: organization.id, id } });
    await remove(ids[0]);
    await remove(ids[4]);
    expect(await around(`first: 2, after: "${first}"`)).toEqual([false, true]);
    expect(await around(`last: 2, before: "${last}"`)).toEqual([true, false]);
    expect(await around(`first: 2, after: "${second}"`)).toEqual([true, false]);
    expect(await around(`last: 2, before: "${fourth}"`)).toEqual([false, true]);

    for (const id of ids) await remove(id);
    expect(await around(`first: 2, after: "${second}"`)).toEqual([false, false]);
    expect(await around(`last: 2, before: "${second}"`)).toEqual([false, false]);
  });
});

test("with an offset there is something before a page where anything is", async () => {
  const own = await Organization.make();
  organization = own;
  const around = async (args: string) => {
    const { pageInfo } = await pageOf(
      `{ page: contacts(${args}) { edges { cursor } pageInfo { hasNextPage hasPreviousPage } } }`,
    );
    return [pageInfo.hasPreviousPage, pageInfo.hasNextPage];
  };
  expect(await around("first: 2, offset: 0")).toEqual([false, false]);
  expect(await around("first: 2, offset: 3")).toEqual([false, false]);
  await own.contact({ company: null });
  await own.contact({ company: "b" });
  expect(await around("first: 2, offset: 3")).toEqual([true, false]);
  expect(await around("first: 1, offset: 1")).toEqual([true, false]);
  expect(await around(`first: 2, offset: 3, filter: { name: { eq: "nobody" } }`)).toEqual([false, false]);
});

test("orders with values that are missing, ties and several keys tell it too", async () => {
  const own = await Organization.make();
  organization = own;
  for (const company of [null, "a", "a", null, "b"]) await own.contact({ company, source: company });
  for (const order of [
    "{ field: COMPANY }",
    "{ field: COMPANY, direction: DESC, nulls: FIRST }",
    "[{ field: SOURCE, nulls: FIRST }, { field: COMPANY, direction: DESC }]",
    "{ field: CALL_COUNT, direction: DESC }",
  ]) {
    const ask = (args: string) =>
      `{ page: contacts(${args}, orderBy: ${order}) { edges { cursor } pageInfo { hasNextPage hasPreviousPage } } }`;
    const { edges } = await pageOf(ask("first: 100"));
    for (const [at, { cursor }] of edges.entries()) {
      const after = (await pageOf(ask(`first: 2, after: "${cursor}"`))).pageInfo;
      expect(after).toEqual({ hasPreviousPage: true, hasNextPage: at + 3 < edges.length });
      const before = (await pageOf(ask(`last: 2, before: "${cursor}"`))).pageInfo;
      expect(before).toEqual({ hasPreviousPage: at > 2, hasNextPage: true });
    }
  }
});

test("it costs a statement only where it is asked for and no row tells it", async () => {
  const own = await Organization.make();
  organization = own;
  for (let at = 0; at < 3; at += 1) await own.contact();
  const { edges } = await pageOf(
    "{ page: contacts { edges { cursor } pageInfo { hasNextPage hasPreviousPage } } }",
  );
  const server = await serverOf(0);
  const looks = async (args: string, asked: string) => {
    const query = `{ contacts(${args}) { nodes { id } pageInfo { ${asked} } } }`;
    const init = {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${own.key}` },
      body: JSON.stringify({ query }),
    };
    const { statements } = await statementsOf(async () => server.fetch("http://test/graphql", init));
    // Against the list's order, which is newest first.
    return statements.some((sql) => sql.includes(`ORDER BY "public"."contact"."created_at" ASC`));
  };
  const after = `first: 1, after: "${edges[0]?.cursor}"`;
  expect(await looks("first: 1", "hasNextPage hasPreviousPage")).toBe(false);
  expect(await looks("first: 1, offset: 1", "hasNextPage hasPreviousPage")).toBe(false);
  expect(await looks(after, "hasNextPage endCursor")).toBe(false);
  expect(await looks(after, "hasNextPage hasPreviousPage")).toBe(false);
  const { prisma } = await testDatabase();
  await prisma.contact.updateMany({ where: { orgId: own.id }, data: { deletedAt: new Date() } });
  expect(await looks(after, "hasNextPage endCursor")).toBe(false);
  expect(await looks(after, "hasNextPage hasPreviousPage")).toBe(true);
});
