import { beforeEach, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { mutate, sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { askSearch, groupsOf, latestSearch, namesOf, runSearches, searched } from "../support/duplicates.ts";
import { Organization } from "../support/makers.ts";

/** Contacts that are likely one person, found by a job whose result is kept. */

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
});

const phones = ["+4930100001", "+4930100002"];

test("contacts are likely one person by a mailbox, a name at a company or a number, and each group says by what", async () => {
  await organization.contact({ name: "A1", email: "m.quint+news@gmail.com" });
  await organization.contact({ name: "A2", email: "mquint@googlemail.com" });
  await organization.contact({ name: "Zoé Müller", email: "b1@example.com", company: "Ümlaut GmbH" });
  await organization.contact({ name: "zoe muller", email: "b2@example.com", company: "umlaut gmbh" });
  await organization.contact({ name: "C1", phoneNumbers: [phones[0] ?? "", "+4930999999"] });
  await organization.contact({ name: "C2", phoneNumbers: ["+4930888888", phones[0] ?? ""] });
  await organization.contact({
    name: "D1",
    email: "d.d@example.com",
    phoneNumbers: [phones[1] ?? ""],
    company: "D",
  });
  await organization.contact({
    name: "D1",
    email: "dd@example.com",
    phoneNumbers: [phones[1] ?? ""],
    company: "d",
  });
  // Alike, and no reason: the same name without a company, another domain, the same company alone.
  await organization.contact({ name: "Alone", email: "e1@example.com" });
  await organization.contact({ name: "Alone", email: "e2@example.com" });
  await organization.contact({ name: "F", email: "m.quint@example.com", company: "D" });
  const stranger = await Organization.make();
  await stranger.contact({ name: "Theirs", email: "mquint@gmail.com", phoneNumbers: phones });
  await stranger.contact({ name: "Theirs too", email: "m.quint@gmail.com" });

  expect(await groupsOf(organization.key)).toMatchObject({ totalCount: 0, nodes: [] });
  expect(await searched(organization)).toMatchObject({
    state: "DONE",
    progress: 1,
    groups: 4,
    problem: null,
  });
  const { nodes, totalCount } = await groupsOf(organization.key);
  expect(totalCount).toBe(4);
  expect(namesOf(nodes)).toEqual([
    ["D1", "D1"],
    ["A1", "A2"],
    ["C1", "C2"],
    ["Zoé Müller", "zoe muller"],
  ]);
  expect(nodes.map(({ score, reasons }) => [score, reasons])).toEqual([
    [0.97, ["SIMILAR_EMAIL", "SAME_PHONE", "SAME_NAME_AND_COMPANY"]],
    [0.75, ["SIMILAR_EMAIL"]],
    [0.65, ["SAME_PHONE"]],
    [0.6, ["SAME_NAME_AND_COMPANY"]],
  ]);
  expect(await groupsOf(stranger.key)).toMatchObject({ totalCount: 0 });
});

test("who shares something with one of a group belongs to it; what more than ten share says nothing", async () => {
  await organization.contact({ name: "A", email: "a.a@example.com", phoneNumbers: ["+4930100001"] });
  await organization.contact({ name: "B", email: "aa@example.com" });
  await organization.contact({ name: "C", email: "c@example.com", phoneNumbers: ["+4930100001"] });
  for (let at = 0; at < 11; at += 1) {
    await organization.contact({
      name: `S${at}`,
      email: `s${at}@example.com`,
      phoneNumbers: ["+4930200000"],
    });
  }
  await searched(organization);
  const { nodes } = await groupsOf(organization.key);
  expect(namesOf(nodes)).toEqual([["A", "B", "C"]]);
});

test("a result is kept, page by page, and shows what is there now: trashed and merged contacts are left out", async () => {
  for (let at = 0; at < 5; at += 1) {
    for (const dot of ["", "."]) {
      await organization.contact({ name: `P${at}`, email: `p${dot}erson${at}@example.com` });
    }
  }
  await searched(organization);
  const first = await groupsOf(organization.key, "first: 2");
  expect(first).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
  const second = await groupsOf(organization.key, `first: 2, after: "${first.pageInfo.endCursor}"`);
  const third = await groupsOf(organization.key, `first: 2, after: "${second.pageInfo.endCursor}"`);
  expect(third.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  const all = [...first.nodes, ...second.nodes, ...third.nodes];
  expect(namesOf(all).flat().sort()).toEqual(["P0", "P0", "P1", "P1", "P2", "P2", "P3", "P3", "P4", "P4"]);
  const back = await groupsOf(organization.key, `last: 2, before: "${third.pageInfo.startCursor}"`);
  expect(back.nodes).toEqual(second.nodes);

  const { prisma } = await testDatabase();
  const p0 = await prisma.contact.findFirstOrThrow({ where: { orgId: organization.id, name: "P0" } });
  const id = encodeId("Contact", p0.id);
  expect(await mutate(organization.key, `contactDelete(id: "${id}")`, "errors { code }")).toEqual({
    errors: [],
  });
  expect(await groupsOf(organization.key)).toMatchObject({ totalCount: 4 });
  await searched(organization);
  expect(await groupsOf(organization.key)).toMatchObject({ totalCount: 4 });
  // No more than the latest result is kept.
  expect(await prisma.duplicateGroup.count({ where: { orgId: organization.id } })).toBeLessThanOrEqual(9);
});

test("a restricted member is shown no contact that they may not see, and asks for no search", async () => {
  const { key, id } = await organization.member({ dataScope: "ASSIGNED" });
  await organization.contact({ name: "Mine", email: "x.x@example.com", ownerId: id });
  await organization.contact({ name: "Mine too", email: "xx@example.com", ownerId: id });
  await organization.contact({ name: "Hidden", email: "x.x+1@example.com" });
  await organization.contact({ name: "Mine alone", phoneNumbers: ["+4930300000"], ownerId: id });
  await organization.contact({ name: "Hidden too", phoneNumbers: ["+4930300000"] });
  await searched(organization);
  expect(await groupsOf(organization.key)).toMatchObject({ totalCount: 2 });
  const { totalCount, nodes } = await groupsOf(key);
  expect({ totalCount, names: namesOf(nodes) }).toEqual({ totalCount: 1, names: [["Mine", "Mine too"]] });
  expect(await askSearch(key)).toMatchObject({ search: null, errors: [{ code: "FORBIDDEN" }] });
  const { data } = await sendText(
    key,
    "{ contacts(orderBy: [{ field: NAME }]) { nodes { name possibleDuplicates { contact { name } } } } }",
  );
  expect(data).toEqual({
    contacts: {
      nodes: [
        { name: "Mine", possibleDuplicates: [{ contact: { name: "Mine too" } }] },
        { name: "Mine alone", possibleDuplicates: [] },
        { name: "Mine too", possibleDuplicates: [{ contact: { name: "Mine" } }] },
      ],
    },
  });
});

test("a contact's possible duplicates are read now, in one statement for a page of contacts", async () => {
  const stranger = await Organization.make();
  await stranger.contact({ name: "Theirs", email: "a.a@example.com", phoneNumbers: ["+4930100001"] });
  await organization.contact({ name: "A", email: "a.a@example.com", phoneNumbers: ["+4930100001"] });
  await organization.contact({ name: "B", email: "aa@example.com", otherEmails: ["c.c@example.com"] });
  await organization.contact({ name: "C", email: "cc@example.com", phoneNumbers: ["+4930100001"] });
  await organization.contact({ name: "D", email: "d@example.com" });
  const query =
    "{ contacts(orderBy: [{ field: NAME }]) { nodes { name possibleDuplicates { score reasons contact { name } } } } }";
  const { statements, answer } = await statementsOf(() => sendText(organization.key, query));
  expect(answer.data).toEqual({
    contacts: {
      nodes: [
        {
          name: "A",
          possibleDuplicates: [
            { score: 0.75, reasons: ["SIMILAR_EMAIL"], contact: { name: "B" } },
            { score: 0.65, reasons: ["SAME_PHONE"], contact: { name: "C" } },
          ],
        },
        {
          name: "B",
          possibleDuplicates: expect.arrayContaining([
            { score: 0.75, reasons: ["SIMILAR_EMAIL"], contact: { name: "A" } },
            { score: 0.75, reasons: ["SIMILAR_EMAIL"], contact: { name: "C" } },
          ]),
        },
        {
          name: "C",
          possibleDuplicates: [
            { score: 0.75, reasons: ["SIMILAR_EMAIL"], contact: { name: "B" } },
            { score: 0.65, reasons: ["SAME_PHONE"], contact: { name: "A" } },
          ],
        },
        { name: "D", possibleDuplicates: [] },
      ],
    },
  });
  // The caller, the contacts, who is like whom, and those contacts.
  expect(statements).toHaveLength(4);
});

test("a search that waits is answered as it is, one that is stopped leaves the result before it, and a dead one begins anew", async () => {
  await organization.contact({ name: "A", email: "a.a@example.com" });
  await organization.contact({ name: "B", email: "aa@example.com" });
  await searched(organization);
  const asked = await Promise.all(Array.from({ length: 5 }, () => askSearch(organization.key)));
  expect(new Set(asked.map(({ search }) => search?.id)).size).toBe(1);
  const id = asked[0]?.search?.id;
  // It stops in the middle, and goes on elsewhere.
  let steps = 0;
  await runSearches(organization, { stopping: () => steps++ > 2 });
  expect(await latestSearch(organization.key)).toMatchObject({ id, state: "RUNNING" });
  expect(await groupsOf(organization.key)).toMatchObject({ totalCount: 1 });
  await runSearches(organization);
  expect(await latestSearch(organization.key)).toMatchObject({ id, state: "DONE", groups: 1 });
  expect(await groupsOf(organization.key)).toMatchObject({ totalCount: 1 });

  const { search } = await askSearch(organization.key);
  const cancelled = await mutate(
    organization.key,
    `duplicateSearchCancel(id: "${search?.id}")`,
    "search { state } errors { code }",
  );
  expect(cancelled).toMatchObject({ search: { state: "CANCELLED" }, errors: [] });
  expect(await groupsOf(organization.key)).toMatchObject({ totalCount: 1 });
  const stranger = await Organization.make();
  expect(
    await mutate(
      stranger.key,
      `duplicateSearchCancel(id: "${search?.id}")`,
      "search { state } errors { code }",
    ),
  ).toMatchObject({ search: null, errors: [{ code: "NOT_FOUND" }] });
});
