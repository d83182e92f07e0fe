import { expect, test } from "vitest";
import { mutate, send, sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";
import { Create } from "./support.ts";

/** Order and folders of custom fields. */

test("fields are put in order, all of them at once", async () => {
  const own = await Organization.make();
  const ids: string[] = [];
  for (const name of ["A", "B", "C"]) {
    const { customFieldCreate } = await send(own.key, Create, {
      input: { entity: "LEAD", name, type: "TEXT" },
    });
    ids.push(customFieldCreate.customField?.id ?? "");
  }
  const reorder = (list: string[]) =>
    mutate(
      own.key,
      `customFieldsReorder(entity: LEAD, ids: ${JSON.stringify(list)})`,
      "customFields { name position }",
    );
  expect(await reorder([...ids].reverse())).toMatchObject({
    customFields: [
      { name: "C", position: 0 },
      { name: "B", position: 1 },
      { name: "A", position: 2 },
    ],
  });
  expect((await reorder(ids.slice(1))).errors).toMatchObject([{ code: "INVALID_VALUE", path: ["ids"] }]);
});

test("folders are made, moved, filled and deleted; their fields stay", async () => {
  const own = await Organization.make();
  const folder = async (field: string) =>
    mutate<{ folder: { id: string } | null }>(own.key, field, "folder { id name position fields { slug } }");
  const first = await folder('customFieldFolderCreate(input: { entity: CONTACT, name: "First" })');
  const second = await folder('customFieldFolderCreate(input: { entity: CONTACT, name: "Second" })');
  expect(
    (await folder('customFieldFolderCreate(input: { entity: CONTACT, name: "FIRST" })')).errors,
  ).toMatchObject([{ code: "NAME_TAKEN", path: ["input", "name"] }]);
  const { customFieldCreate } = await send(own.key, Create, {
    input: { entity: "CONTACT", name: "Inside", type: "TEXT", folderId: first.folder?.id ?? "" },
  });
  expect(customFieldCreate.customField?.folder).toEqual({ id: first.folder?.id });
  expect(
    await folder(
      `customFieldFolderUpdate(id: "${second.folder?.id}", input: { position: 0, name: "Now first" })`,
    ),
  ).toMatchObject({
    folder: { name: "Now first", position: 0 },
  });
  expect((await sendText(own.key, "{ customFieldFolders { name position fields { slug } } }")).data).toEqual({
    customFieldFolders: [
      { name: "Now first", position: 0, fields: [] },
      { name: "First", position: 1, fields: [{ slug: "inside" }] },
    ],
  });
  expect(
    await mutate(own.key, `customFieldFolderDelete(id: "${first.folder?.id}")`, "deletedId"),
  ).toMatchObject({ errors: [] });
  expect((await sendText(own.key, "{ customFields { slug folder { id } } }")).data).toEqual({
    customFields: [{ slug: "inside", folder: null }],
  });
});
