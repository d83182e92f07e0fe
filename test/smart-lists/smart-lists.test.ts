import { beforeEach, expect, test } from "vitest";
import { mutate, send, sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { Create, makeOrganization, query, smartListsOf, technology, vip } from "./support.ts";

/** Smart lists: creating, reading, changing, and who may. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await makeOrganization();
  key = organization.key;
});

const { create, made, replace, read } = smartListsOf(() => organization);

test("a list is saved as it was given, and shows its contacts in its order", async () => {
  const { smartList, errors } = await create({
    name: " VIPs ",
    query: vip,
    order: [{ field: "NAME", direction: "DESC" }, { customField: "industry" }],
    columns: ["name", "custom.industry"],
    timeZone: "Europe/Paris",
  });
  expect(errors).toEqual([]);
  expect(smartList).toMatchObject({
    name: "VIPs",
    position: 0,
    version: 1,
    columns: ["name", "custom.industry"],
    timeZone: "Europe/Paris",
    isValid: true,
    count: 2,
    query: vip,
    order: [
      { field: "NAME", customField: null, direction: "DESC", nulls: "LAST" },
      { field: null, customField: "industry", direction: "ASC", nulls: "LAST" },
    ],
  });
  const { data } = await sendText(
    key,
    `{ smartList(id: "${smartList?.id}") {
         contacts { nodes { name } }
         narrowed: contacts(search: { text: "bo" }) { totalCount nodes { name } }
         turned: contacts(orderBy: [{ field: NAME }], first: 1) { nodes { name } pageInfo { endCursor } } } }`,
  );
  expect(data).toMatchObject({
    smartList: {
      contacts: { nodes: [{ name: "Bob" }, { name: "Ann" }] },
      narrowed: { totalCount: 1, nodes: [{ name: "Bob" }] },
      turned: { nodes: [{ name: "Ann" }] },
    },
  });
  const { endCursor } = (data as unknown as { smartList: { turned: { pageInfo: { endCursor: string } } } })
    .smartList.turned.pageInfo;
  const next = await sendText(
    key,
    `{ smartList(id: "${smartList?.id}") { contacts(orderBy: [{ field: NAME }], after: "${endCursor}") { nodes { name } } } }`,
  );
  expect(next.data).toEqual({ smartList: { contacts: { nodes: [{ name: "Bob" }] } } });
  const elsewhere = await sendText(
    key,
    `{ contacts(orderBy: [{ field: NAME }], after: "${endCursor}") { nodes { name } } }`,
  );
  expect(elsewhere.errors).toMatchObject([{ extensions: { code: "BAD_CURSOR" } }]);
});

test("an invalid list is refused with all of its problems", async () => {
  const { smartList, errors } = await create({
    name: "Bad",
    query: query(
      { field: "emial", op: "EQ", value: "x" },
      { field: "tags", op: "CONTAINS", value: "no such tag" },
      { field: "name", op: "GT", value: "x" },
    ),
    order: [{ customField: "nothing" }],
    columns: ["name", "custom.nothing"],
  });
  expect(smartList).toBeNull();
  expect(errors.map(({ code, path }) => [code, path.join(".")]).sort()).toEqual([
    ["INVALID_FILTER", "input.columns.1"],
    ["INVALID_FILTER", "input.order.0.customField"],
    ["INVALID_FILTER", "input.query.groups.0.conditions.0.field"],
    ["INVALID_FILTER", "input.query.groups.0.conditions.1.value"],
    ["INVALID_FILTER", "input.query.groups.0.conditions.2.op"],
  ]);
  expect((await create({ name: "Empty", query: { groups: [] } })).errors).toMatchObject([
    { code: "INVALID_FILTER" },
  ]);
  expect((await read()).smartLists).toEqual([]);
});

test("a list is changed, moved and deleted; a stale version is refused", async () => {
  const [a, b, c] = [await made("A", vip), await made("B", vip), await made("C", technology)];
  const update = (id: string, args: string) =>
    mutate<{ smartList: { position: number; version: number; name: string; count: number } | null }>(
      key,
      `smartListUpdate(id: "${id}", ${args})`,
      "smartList { name position version count }",
    );
  expect(await update(c.id, 'input: { position: 0, name: "First" }')).toMatchObject({
    smartList: { name: "First", position: 0, count: 1 },
  });
  expect((await read()).smartLists.map(({ name }) => name)).toEqual(["First", "A", "B"]);
  expect((await update(a.id, 'input: { name: "x" }, expectedVersion: 9')).errors).toMatchObject([
    { code: "VERSION_CONFLICT" },
  ]);
  expect((await update(a.id, 'input: { name: " " }')).errors).toMatchObject([
    { code: "REQUIRED", path: ["input", "name"] },
  ]);
  expect(await mutate(key, `smartListDelete(id: "${b.id}")`, "deletedId")).toEqual({
    deletedId: b.id,
    errors: [],
  });
  expect((await read()).smartLists.map(({ name }) => name)).toEqual(["First", "A"]);
});

test("what lists mean is read in one statement for all of them; each count is one more", async () => {
  for (const name of ["A", "B", "C"]) await made(name, technology);
  const { statements } = await statementsOf(() =>
    sendText(key, "{ smartLists { name isValid problems { code } } }"),
  );
  // The key, the lists, what they name.
  expect(statements, statements.join("\n")).toHaveLength(3);
  const counted = await statementsOf(() => sendText(key, "{ smartLists { isValid count } }"));
  expect(counted.statements).toHaveLength(6);
});

test("a restricted member counts and sees their own contacts only, and cannot change shared lists", async () => {
  const member = await organization.member({ dataScope: "ASSIGNED" });
  await organization.contact({ name: "Own", tags: ["vip"], ownerId: member.id });
  const list = await made("VIPs", vip);
  expect((await read(member.key)).smartLists).toMatchObject([
    { id: list.id, count: 1, contacts: { totalCount: 1, nodes: [{ name: "Own" }] } },
  ]);
  expect((await create({ name: "x", query: vip }, member.key)).errors).toMatchObject([{ code: "FORBIDDEN" }]);
  expect((await mutate(member.key, `smartListDelete(id: "${list.id}")`, "deletedId")).errors).toMatchObject([
    { code: "FORBIDDEN" },
  ]);
  expect((await replace([], 1, member.key)).errors).toMatchObject([{ code: "FORBIDDEN" }]);
});

test("another organization's lists answer as absent, and replacing one's own leaves them", async () => {
  const victim = await Organization.make();
  await victim.tag("vip");
  const { smartListCreate } = await send(victim.key, Create, { input: { name: "Theirs", query: vip } });
  const id = smartListCreate.smartList?.id ?? "";
  expect((await sendText(key, `{ smartList(id: "${id}") { id } node(id: "${id}") { id } }`)).data).toEqual({
    smartList: null,
    node: null,
  });
  expect((await mutate(key, `smartListDelete(id: "${id}")`, "deletedId")).errors).toMatchObject([
    { code: "NOT_FOUND" },
  ]);
  expect((await replace([{ id, name: "Mine", query: vip }], 0)).errors).toMatchObject([
    { code: "NOT_FOUND" },
  ]);
  expect((await replace([], 0)).errors).toEqual([]);
  expect((await read(victim.key)).smartLists).toMatchObject([{ name: "Theirs" }]);
});
