import { beforeEach, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { graphql } from "../generated/gql.ts";
import type {
  SmartListCreateInput,
  SmartListQueryInput,
  SmartListReplaceInput,
} from "../generated/graphql.ts";
import { mutate, send, sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

const Create = graphql(`
  mutation CreateSmartList($input: SmartListCreateInput!) {
    smartListCreate(input: $input) {
      smartList {
        id name position version columns timeZone isValid count
        query { groups { conditions { field op value } } }
        order { field customField direction nulls }
      }
      errors { __typename code path message }
    }
  }
`);

const Replace = graphql(`
  mutation ReplaceSmartLists($input: [SmartListReplaceInput!]!, $expectedVersion: Int!) {
    smartListsReplace(input: $input, expectedVersion: $expectedVersion) {
      smartLists { id name position }
      version
      errors { __typename code path message ... on VersionConflictError { currentVersion record { id } } }
    }
  }
`);

const Read = graphql(`
  query ReadSmartLists {
    smartListsVersion
    smartLists { id name isValid problems { code path } count contacts { totalCount nodes { name } } }
  }
`);

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
  await organization.customField({ slug: "industry", type: "TEXT", slot: "text1" });
  await organization.contact({ name: "Ann", tags: ["vip"], custom: { industry: "Technology" } });
  await organization.contact({ name: "Bob", tags: ["vip"] });
  await organization.contact({ name: "Cyd", custom: { industry: "Retail" } });
  await organization.contact({ name: "Dee", tags: ["vip"], deletedAt: new Date() });
});

const query = (...conditions: SmartListQueryInput["groups"][number]["conditions"]): SmartListQueryInput => ({
  groups: [{ conditions }],
});
const vip = query({ field: "tags", op: "CONTAINS", value: "vip" });
const technology = query({ field: "custom.industry", op: "EQ", value: "Technology" });
const create = async (input: SmartListCreateInput, as = key) =>
  (await send(as, Create, { input })).smartListCreate;
const made = async (name: string, which: SmartListQueryInput) => {
  const { smartList, errors } = await create({ name, query: which });
  if (!smartList) throw new Error(JSON.stringify(errors));
  return smartList;
};
const replace = async (input: SmartListReplaceInput[], expectedVersion: number, as = key) =>
  (await send(as, Replace, { input, expectedVersion })).smartListsReplace;
const read = (as = key) => send(as, Read);

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

test("a list that cannot be read is not saved, and everything that is wrong with it is told", async () => {
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

test("a list whose tag or field has gone opens with its problems and matches nothing", async () => {
  const byTag = await made("By tag", query({ field: "tags", op: "NOT_CONTAINS", value: "vip" }));
  const plain = await made("Plain", query({ field: "name", op: "CONTAINS", value: "a" }));
  await mutate(key, `tagDelete(id: "${encodeId("Tag", await organization.tag("vip"))}")`, "deletedId");
  const { smartLists } = await read();
  expect(smartLists).toMatchObject([
    {
      id: byTag.id,
      isValid: false,
      problems: [{ code: "UNKNOWN_REFERENCE", path: "query.groups[0].conditions[0].value" }],
      count: 0,
      contacts: { totalCount: 0, nodes: [] },
    },
    { id: plain.id, isValid: true, problems: [], count: 1 },
  ]);
});

test("a custom field that a list uses cannot be deleted; a type change that it does not survive shows", async () => {
  const list = await made("Technology", technology);
  const { data } = await sendText(key, "{ customFields { id } }");
  const [field] = (data as unknown as { customFields: { id: string }[] }).customFields;
  const answer = await sendText(
    key,
    `mutation { customFieldDelete(id: "${field?.id}") { deletedId errors { code ... on FieldInUseError { smartLists { id name } } } } }`,
  );
  expect(answer.data).toEqual({
    customFieldDelete: {
      deletedId: null,
      errors: [{ code: "FIELD_IN_USE", smartLists: [{ id: list.id, name: "Technology" }] }],
    },
  });
  await mutate(
    key,
    `customFieldUpdate(id: "${field?.id}", input: { type: MULTI_SELECT, options: ["Technology", "Retail"] })`,
    "valueCount",
  );
  expect((await read()).smartLists).toMatchObject([
    { isValid: false, problems: [{ code: "UNKNOWN_FILTER_OPERATOR" }], count: 0 },
  ]);
  await mutate(key, `smartListDelete(id: "${list.id}")`, "deletedId");
  expect(await mutate(key, `customFieldDelete(id: "${field?.id}")`, "valueCount")).toMatchObject({
    valueCount: 2,
  });
});

test("a list that can no longer be read can still be renamed, and a new one comes after the others", async () => {
  const [broken, gone] = [await made("Broken", vip), await made("Gone", technology)];
  await made("Last", technology);
  await mutate(key, `smartListDelete(id: "${gone.id}")`, "deletedId");
  await mutate(key, `tagDelete(id: "${encodeId("Tag", await organization.tag("vip"))}")`, "deletedId");
  const update = (input: string) =>
    mutate(key, `smartListUpdate(id: "${broken.id}", input: { ${input} })`, "smartList { name isValid }");
  expect(await update('name: "Still broken"')).toMatchObject({
    smartList: { name: "Still broken", isValid: false },
    errors: [],
  });
  expect((await update('columns: ["nope"]')).errors).toMatchObject([
    { code: "INVALID_FILTER", path: ["input", "columns", "0"] },
  ]);
  await made("New", technology);
  expect((await read()).smartLists.map(({ name }) => name)).toEqual(["Still broken", "Last", "New"]);
  const { smartListsVersion } = await read();
  const twice = await replace(
    [
      { id: broken.id, name: "1", query: technology },
      { id: broken.id, name: "2", query: technology },
      { id: broken.id.replace("smart_list", "contact"), name: "3", query: technology },
    ],
    smartListsVersion,
  );
  expect(twice.errors).toMatchObject([
    { code: "INVALID_VALUE", path: ["input", "1", "id"] },
    { code: "NOT_FOUND", path: ["input", "2", "id"] },
  ]);
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

test("the given set becomes the set", async () => {
  const [kept, gone] = [await made("Kept", vip), await made("Gone", vip)];
  const { smartListsVersion } = await read();
  const answer = await replace(
    [
      { name: "New", query: technology },
      { id: kept.id, name: "Kept, renamed", query: vip },
    ],
    smartListsVersion,
  );
  expect(answer).toMatchObject({
    version: smartListsVersion + 1,
    smartLists: [
      { name: "New", position: 0 },
      { id: kept.id, name: "Kept, renamed", position: 1 },
    ],
    errors: [],
  });
  const after = await read();
  expect(after.smartLists.map(({ name }) => name)).toEqual(["New", "Kept, renamed"]);
  expect((await sendText(key, `{ smartList(id: "${gone.id}") { id } }`)).data).toEqual({ smartList: null });
});

test("two people who replace the set at once do not overwrite each other", async () => {
  await made("Before", vip);
  const { smartListsVersion } = await read();
  const answers = await Promise.all(
    ["Mine", "Yours"].map((name) => replace([{ name, query: vip }], smartListsVersion)),
  );
  expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
  expect(answers.flatMap(({ errors }) => errors)).toMatchObject([
    { __typename: "VersionConflictError", code: "VERSION_CONFLICT", path: ["expectedVersion"] },
  ]);
  expect((await read()).smartLists).toHaveLength(1);
});

test("a set with one wrong list changes nothing", async () => {
  const kept = await made("Kept", vip);
  const { smartListsVersion } = await read();
  const bad = { name: "Bad", query: query({ field: "nope", op: "EQ" as const, value: 1 }) };
  expect((await replace([{ name: "Good", query: vip }, bad], smartListsVersion)).errors).toMatchObject([
    { code: "INVALID_FILTER", path: ["input", "1", "query", "groups", "0", "conditions", "0", "field"] },
  ]);
  const unknown = { id: encodeId("SmartList", newId()), name: "x", query: vip };
  expect((await replace([unknown], smartListsVersion)).errors).toMatchObject([
    { code: "NOT_FOUND", path: ["input", "0", "id"] },
  ]);
  expect(await read()).toMatchObject({ smartListsVersion, smartLists: [{ id: kept.id }] });
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
