import { beforeEach, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { sendText } from "../support/client.ts";
import type { Organization } from "../support/makers.ts";
import { makeOrganization, query, smartListsOf, technology, vip } from "./support.ts";

/** Replacing all smart lists at once (`smartListsReplace`). */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await makeOrganization();
  key = organization.key;
});

const { made, replace, read } = smartListsOf(() => organization);

test("smartListsReplace replaces all lists by the given ones", async () => {
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
