import { expect } from "vitest";
import { Organization } from "../support/makers.ts";
import { checkError, Door, row } from "./row.ts";

/** Rows 30 to 39: page sizes, cursors and ids. */

const door = Door.forFile();
const list = "query ($f: ContactFilter, $n: Int) { contacts(filter: $f, first: $n) { totalCount } }";

/** @returns what is said of a page's size */
const page = async (query: string, variables: object = {}) => {
  const answer = await door.ask(query, variables);
  expect(answer.data).toBeNull();
  return checkError(answer, null, "BAD_USER_INPUT").message;
};

row(30, "a page of 1,000,000 as a literal is refused with the bounds", async () => {
  expect(await page("{ contacts(first: 1000000) { totalCount } }")).toMatch(/^first must be .*1 .*100$/);
});

row(31, "a page of 1,000,000 as a variable is refused alike", async () => {
  expect(await page(list, { n: 1_000_000 })).toBe(await page("{ contacts(first: 1000000) { totalCount } }"));
});

row(32, "pages inside pages are multiplied before any SQL", () =>
  door.refuses(
    "query ($n: Int) { contacts(first: $n) { nodes { deals(first: $n) { nodes { activities(first: 5) { nodes { id } } } } } } }",
    "QUERY_TOO_COMPLEX",
    "contacts.nodes.deals.nodes.activities",
    { n: 100 },
  ),
);

row(33, "pages by a default value and under last are counted too", async () => {
  const inner = "{ nodes { deals(first: 100) { nodes { activities(first: 5) { nodes { id } } } } } }";
  await door.refuses(`query ($n: Int = 100) { contacts(first: $n) ${inner} }`, "QUERY_TOO_COMPLEX", "");
  await door.refuses(`{ contacts(last: 100) ${inner} }`, "QUERY_TOO_COMPLEX", "");
});

row(
  34,
  "pages of -1, 0 and what is no whole number, and first beside last, are refused; neither means 25",
  async () => {
    for (const value of ["-1", "0", "2147483648", "1e400", "1.5", '"5"']) {
      for (const answer of [
        await door.ask(`{ contacts(first: ${value}) { totalCount } }`),
        await door.send({ body: `{"query":${JSON.stringify(list)},"variables":{"n":${value}}}` }),
      ])
        checkError(answer, null, "BAD_USER_INPUT");
    }
    checkError(await door.ask("{ contacts(first: 1, last: 1) { totalCount } }"), null, "BAD_USER_INPUT");
    expect((await door.ask("{ contacts { totalCount } }")).errors).toEqual([]);
  },
);

row(
  35,
  "a cursor that is none, of another type, filter or organization, or edited, is refused; one of a deleted row pages on",
  async () => {
    const { organization } = door;
    const other = await Organization.make();
    for (const each of [organization, other]) {
      for (const name of ["A", "B", "C"]) {
        await each.contact({ name, company: "Row 35" });
        await each.lead({ name });
      }
    }
    const after = (cursor: string, filter = '{ company: { eq: "Row 35" } }') =>
      `{ contacts(first: 1, after: "${cursor}", filter: ${filter}) { nodes { id name } pageInfo { endCursor } } }`;
    const first =
      '{ contacts(first: 1, filter: { company: { eq: "Row 35" } }) { nodes { id name } pageInfo { endCursor } } }';
    const pageOf = (data: Record<string, unknown> | null, field = "contacts") =>
      (data as Record<string, { nodes: { id: string; name: string }[]; pageInfo: { endCursor: string } }>)[
        field
      ];
    const mine = pageOf((await door.ask(first)).data);
    const theirs = pageOf((await door.ask(first, {}, { key: other.key })).data);
    const leads = pageOf(
      (await door.ask("{ leads(first: 1) { nodes { id } pageInfo { endCursor } } }")).data,
      "leads",
    );
    const cursor = mine?.pageInfo.endCursor ?? "";
    for (const bad of [
      "nonsense",
      "x".repeat(10_000),
      leads?.pageInfo.endCursor ?? "",
      theirs?.pageInfo.endCursor ?? "",
      `${cursor.slice(0, -2)}${cursor.endsWith("AA") ? "BB" : "AA"}`,
    ])
      checkError(await door.ask(after(bad)), null, "BAD_CURSOR");
    checkError(await door.ask(after(cursor, '{ name: { ne: "Z" } }')), null, "BAD_CURSOR");
    await door.ask(`mutation { contactDelete(id: "${mine?.nodes[0]?.id}") { errors { code } } }`);
    expect(pageOf((await door.ask(after(cursor))).data)?.nodes).toMatchObject([{ name: "B" }]);
  },
);

row(
  36,
  "the id of another organization's record is answered to the byte as one that nobody has",
  async () => {
    const theirs = await (await Organization.make()).contact();
    const nobody = theirs.globalId.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    for (const field of ["node", "contact"]) {
      const query = `query ($id: ID!) { ${field}(id: $id) { id } }`;
      const [one, other] = [
        await door.ask(query, { id: theirs.globalId }),
        await door.ask(query, { id: nobody }),
      ];
      expect(one.text).toBe(other.text);
      expect(one).toMatchObject({ status: 200, data: { [field]: null } });
    }
  },
);

row(
  37,
  "the id of another type is refused where a record is referred to; a query finds nobody by it",
  async () => {
    const { globalId } = door.organization;
    const { globalId: primaryId } = await door.organization.contact();
    const merge =
      "mutation ($input: ContactMergeInput!) { contactMerge(input: $input) { errors { code message path } } }";
    const { data } = await door.ask(merge, { input: { primaryId, duplicateIds: [globalId] } });
    expect(data).toEqual({
      contactMerge: {
        errors: [
          {
            code: "BAD_ID",
            message: expect.stringMatching(/contact/),
            path: ["input", "duplicateIds", "0"],
          },
        ],
      },
    });
    const found = await door.ask("query ($id: ID!) { contact(id: $id) { id } }", { id: globalId });
    expect(found).toMatchObject({ data: { contact: null }, errors: [] });
  },
  "the prefix of an id says its type, so that a query answers null as for any id that is not there",
);

row(38, "what is no id is refused", async () => {
  const bad = [
    "",
    "01913b3a-0000-7000-8000-000000000001",
    "Contact:",
    "contact_",
    "__proto__",
    "'; DROP TABLE contact; --",
  ];
  for (const id of bad) {
    for (const field of ["contact", "node"])
      checkError(await door.ask(`query ($id: ID!) { ${field}(id: $id) { id } }`, { id }), null, "BAD_ID");
  }
  const nul = await door.ask("query ($id: ID!) { node(id: $id) { id } }", { id: "contact_\0" });
  expect(nul.errors[0]?.extensions.code).toMatch(/^(BAD_ID|BAD_USER_INPUT)$/);
});

row(39, "10,000 ids are refused by their number", async () => {
  const ids = Array(10_000).fill(door.organization.globalId);
  checkError(
    await door.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids }),
    null,
    "TOO_MANY_ITEMS",
  );
});
