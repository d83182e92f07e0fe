import { beforeAll, describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** What a cursor is good for: its list in its order and with its filter, however those are said, and nothing else. */

let organization: Organization;
let other: Organization;
let holder: string;
let list: string;

async function plant(own: typeof organization): Promise<string> {
  const parent = await own.contact({ name: "parent", source: "web" });
  for (let at = 0; at < 2; at += 1) {
    await own.contact({ name: `c${at}`, source: "web" });
    await own.lead({ name: `l${at}`, source: "web" });
    await own.deal({ contactId: parent.id });
    await own.activity({ contactId: parent.id });
    await own.conversation({ contactId: parent.id });
  }
  return parent.globalId;
}

beforeAll(async () => {
  organization = await Organization.make();
  other = await Organization.make();
  holder = await plant(organization);
  await plant(other);
  const { data } = await sendText(
    organization.key,
    `mutation { smartListCreate(input: { name: "All", query: { groups: [{ conditions: [{ field: "source", op: EQ, value: "web" }] }] } }) { smartList { id } } }`,
  );
  list = (data as unknown as { smartListCreate: { smartList: { id: string } } }).smartListCreate.smartList.id;
});

interface Found {
  readonly cursor: string;
  readonly text: string;
  readonly code: unknown;
  readonly count: number;
}

/** One page of a list; `field` with its arguments, in `around` where it is no root field. */
async function page(
  field: string,
  around: (field: string) => string = (inner) => inner,
  key = organization.key,
) {
  const { data, errors, text } = await sendText(key, `{ ${around(`${field} { edges { cursor } }`)} }`);
  const edges = JSON.stringify(data ?? null).match(/"cursor":"[^"]+"/g) ?? [];
  return {
    cursor: JSON.parse(`{${edges[0] ?? `"cursor":""`}}`).cursor,
    text,
    code: errors[0]?.extensions.code ?? null,
    count: edges.length,
  } satisfies Found;
}

const args = (...given: string[]) => `(${["first: 1", ...given].filter(Boolean).join(", ")})`;

describe("an argument that is left out, null, or its default is the same question", () => {
  const same: Readonly<Record<string, readonly string[]>> = {
    trash: ["", "trash: null", "trash: EXCLUDE"],
    orderBy: [
      "",
      "orderBy: null",
      "orderBy: []",
      "orderBy: [{ field: CREATED_AT, direction: DESC }]",
      "orderBy: { field: CREATED_AT, direction: DESC, nulls: null, customField: null }",
      "orderBy: { field: CREATED_AT, direction: DESC, nulls: FIRST }",
    ],
    filter: [
      "",
      "filter: null",
      "filter: {}",
      "filter: { and: [] }",
      "filter: { not: { or: [] } }",
      "filter: { id: { notIn: [] } }",
    ],
    query: ["", "query: null"],
    search: ["", "search: null", `search: { text: "" }`, `search: { text: " ", fields: null }`],
    timeZone: ["", "timeZone: null", `timeZone: "UTC"`],
    offset: ["", "offset: null"],
    last: ["", "last: null, before: null"],
  };
  const ofDeals = Object.entries(same).filter(([name]) => name !== "trash" && name !== "search");

  test.each(
    (["contacts", "leads", "deals"] as const).flatMap((kind) =>
      (kind === "deals" ? ofDeals : Object.entries(same)).map(([name, ways]) => [kind, name, ways] as const),
    ),
  )("%s: %s", async (kind, _name, ways) => {
    const pages = [];
    for (const way of ways) pages.push(await page(`${kind}${args(way)}`));
    expect(new Set(pages.map(({ text }) => text)).size).toBe(1);
    expect(pages[0]?.count).toBe(1);
    for (const way of ways) {
      const next = await page(`${kind}${args(way, `after: "${pages[0]?.cursor}"`)}`);
      expect([way, next.count]).toEqual([way, 1]);
    }
  });

  test("inside arguments too", async () => {
    const first = await page(`contacts${args('search: { text: "c" }')}`);
    expect(first.count).toBe(1);
    expect(await page(`contacts${args('search: { text: "c", fields: null }')}`)).toEqual(first);
  });

  test("children and smart lists", async () => {
    const inContact = (field: string) => `contact(id: "${holder}") { ${field} }`;
    for (const kind of ["deals", "activities", "conversations"]) {
      const first = await page(`${kind}${args()}`, inContact);
      const again = await page(`${kind}${args("last: null", "before: null", "after: null")}`, inContact);
      expect(again).toEqual(first);
    }
    const inList = (field: string) => `smartList(id: "${list}") { ${field} }`;
    const first = await page(`contacts${args()}`, inList);
    const next = await page(`contacts${args(`after: "${first.cursor}"`, "orderBy: null")}`, inList);
    expect([first.count, next.count]).toEqual([1, 1]);
  });
});

describe("a cursor is refused that is not this list's own", () => {
  const asked = 'filter: { source: { eq: "web" } }';
  const inContact = (field: string) => `contact(id: "${holder}") { ${field} }`;
  const lists: readonly [name: string, field: string, around?: (field: string) => string][] = [
    ["contacts", `contacts${args(asked)}`],
    ["leads", `leads${args(asked)}`],
    ["deals", `deals${args()}`],
    ["contacts of a smart list", `contacts${args()}`, (field) => `smartList(id: "${list}") { ${field} }`],
    ["a contact's deals", `deals${args()}`, inContact],
    ["a contact's activities", `activities${args()}`, inContact],
    ["a contact's conversations", `conversations${args()}`, inContact],
  ];
  const withCursor = (field: string, cursor: string) =>
    field.replace(/\)$/, `, after: ${JSON.stringify(cursor)})`);

  test.each(lists)("%s", async (name, field, around) => {
    const { cursor, count } = await page(field, around);
    expect(count).toBe(1);
    expect((await page(withCursor(field, cursor), around)).code).toBeNull();
    const edited = Buffer.from(cursor, "base64url");
    edited[edited.length - 3] = (edited.at(-3) ?? 0) ^ 1;
    const wrong = [
      "",
      "text",
      "AAAA",
      `${cursor}=`,
      ` ${cursor}`,
      cursor.slice(0, -2),
      cursor + cursor,
      edited.toString("base64url"),
      "A".repeat(10_240),
      `${cursor}${"A".repeat(10_240)}`,
      holder,
    ];
    for (const [otherName, otherField, otherAround] of lists) {
      if (otherName !== name) wrong.push((await page(otherField, otherAround)).cursor);
    }
    if (around === undefined) {
      wrong.push((await page(field, around, other.key)).cursor);
      wrong.push((await page(field.replace(")", ", orderBy: [{ field: NAME }])"), around)).cursor);
      wrong.push(
        (
          await page(
            field
              .replace(asked, "")
              .replace(
                ")",
                ', filter: { not: { id: { in: [] } }, createdAt: { gt: "2020-01-01T00:00:00Z" } })',
              ),
            around,
          )
        ).cursor,
      );
    }
    for (const text of wrong) {
      const { code } = await page(withCursor(field, text), around);
      expect([text.slice(0, 80), code]).toEqual([text.slice(0, 80), "BAD_CURSOR"]);
    }
  });

  test("one of a row that was deleted since still pages on", async () => {
    const own = await Organization.make();
    const { prisma } = await testDatabase();
    for (let at = 0; at < 3; at += 1) await own.contact({ createdAt: new Date(2026, 0, 9 - at) });
    const first = await page(`contacts${args()}`, undefined, own.key);
    await prisma.contact.deleteMany({ where: { orgId: own.id, createdAt: new Date(2026, 0, 9) } });
    const next = await page(`contacts(first: 5, after: "${first.cursor}")`, undefined, own.key);
    expect(next.count).toBe(2);
  });
});
