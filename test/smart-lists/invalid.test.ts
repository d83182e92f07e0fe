import { beforeEach, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { mutate, sendText } from "../support/client.ts";
import type { Organization } from "../support/makers.ts";
import { makeOrganization, query, smartListsOf, technology, vip } from "./support.ts";

/** Smart lists that have become invalid because a tag or custom field was deleted or changed. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await makeOrganization();
  key = organization.key;
});

const { made, replace, read } = smartListsOf(() => organization);

test("a list whose tag or field was deleted has problems and matches nothing", async () => {
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
