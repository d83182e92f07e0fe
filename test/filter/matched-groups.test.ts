import { beforeAll, describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { groups } from "./support.ts";

/** `matchedGroups`: which groups of a filter a contact matches. */

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
  const noise = await Organization.make();
  for (const each of [organization, noise]) {
    await each.contact({ name: "both", company: "Big Corp", tags: ["vip"] });
    await each.contact({ name: "first", tags: ["vip"] });
    await each.contact({ name: "second", company: "corp" });
    await each.contact({ name: "neither" });
  }
});

describe("the groups that a contact fulfils", () => {
  const query = groups(
    [{ field: "tags", op: "CONTAINS", value: "vip" }],
    [{ field: "company", op: "CONTAINS", value: "corp" }],
    [{ field: "name", op: "EQ", value: "nobody" }],
  );
  const list = `query ($query: SmartListQueryInput) {
    contacts(query: $query, orderBy: { field: NAME }) { edges { matchedGroups node { name } } } }`;

  test("are told for a whole page by one statement", async () => {
    const plain = await statementsOf(() =>
      sendText(organization.key, list.replace("matchedGroups ", ""), query),
    );
    const { answer, statements } = await statementsOf(() => sendText(organization.key, list, query));
    const { edges } = (
      answer.data as unknown as { contacts: { edges: { matchedGroups: number[]; node: { name: string } }[] } }
    ).contacts;
    expect(edges.map(({ matchedGroups, node }) => [node.name, matchedGroups])).toEqual([
      ["both", [0, 1]],
      ["first", [0]],
      ["second", [1]],
    ]);
    expect(statements.length).toBe(plain.statements.length + 1);
  });

  test("are null where nothing was asked in groups", async () => {
    const { data } = await sendText(organization.key, "{ contacts { edges { matchedGroups } } }");
    expect(JSON.stringify(data)).not.toContain("[0");
    expect(JSON.stringify(data)).toContain('"matchedGroups":null');
  });
});
