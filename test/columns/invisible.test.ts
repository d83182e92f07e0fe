import { beforeAll, describe, expect, test } from "vitest";
import { contactTable } from "../../src/entities/contact/contact.columns.ts";
import { contactRows } from "../../src/entities/contact/contact.table.ts";
import { mutate, sendText } from "../support/client.ts";
import {
  type Case,
  cases,
  createWith,
  fulfils,
  makeWorld,
  operandFor,
  shownOf,
  titleOf,
  updateWith,
  valueFor,
  type World,
} from "../support/columns.ts";
import { imported } from "../support/imports.ts";

/** What nobody sees at the ends of a text is no part of it, in every text column and wherever a text is given. */

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

const named = (of: readonly Case[]) => of.map((one) => [titleOf(one), one] as const);

/** A text as it comes along with what is copied: a byte order mark, marks of direction, a soft hyphen. */
const around = (text: string): string => `\ufeff\u202a\u200b${text}\u200d\u202c\u00ad\u2060`;
const aroundAll = (value: unknown): unknown =>
  Array.isArray(value) ? value.map((item) => around(String(item))) : around(String(value));

const isText = ({ row }: Case): boolean => [row.create?.type].flat()[0] === "String";
const texts = cases.filter(isText);
const changed = texts.filter(({ row }) => row.update !== null);

test.each(named(texts))("a record is created with %s as it is seen", async (_title, one) => {
  const value = valueFor(world, one);
  expect((await createWith(world, one, aroundAll(value))).value).toEqual(value);
});

test.each(named(changed))("%s of a record is changed to what is seen", async (_title, one) => {
  const { id } = await createWith(world, one, undefined);
  const value = valueFor(world, one);
  expect((await updateWith(world, one, id, aroundAll(value))).value).toEqual(value);
});

const filtered = texts.filter(({ row }) => row.filter.length > 0);

test.each(named(filtered))("%s is filtered by as it is seen", async (_title, one) => {
  const value = valueFor(world, one);
  const child = one.noun === "activity" || one.noun === "conversation";
  const parent = await world.organization.contact();
  const made = await createWith(world, one, value, child ? { contactId: parent.globalId } : {});
  const id = child ? parent.globalId : made.id;
  for (const field of one.row.filter) {
    const operand = around(String([operandFor(world, field, value)].flat()[0]));
    for (const op of ["EQ", "CONTAINS", "STARTS_WITH", "ENDS_WITH"]) {
      const condition = { field: field.path, op, value: operand };
      expect(await fulfils(world, one, id, condition), `${field.path} ${op}`).toBe(true);
    }
    const list = { field: field.path, op: "IN", value: [operand] };
    expect(await fulfils(world, one, id, list), `${field.path} IN`).toBe(true);
  }
});

const caseOf = (name: string): Case => ({
  noun: "contact",
  name,
  row: contactTable[name as keyof typeof contactTable],
});

const importable = contactRows.flatMap(([name, row]) =>
  row.import && isText(caseOf(name)) ? [[name, row.import.headings[0] ?? ""] as const] : [],
);

test.each(importable)("%s comes from a file as it is seen", async (name, heading) => {
  const one = caseOf(name);
  const value = valueFor(world, one);
  const key = `${name}@invisible.example`;
  const cells = { name: "From a file", email: key, [heading]: [aroundAll(value)].flat().join(";") };
  const lines = [Object.keys(cells).map(around), Object.values(cells)];
  const job = await imported(world.organization, lines.map((line) => line.join(",")).join("\n"));
  expect(job).toMatchObject({ created: 1, failed: 0, unmappedColumns: [] });
  const { data } = await sendText(
    world.key,
    `query ($email: String!) { contacts(filter: { email: { eq: $email } }) { nodes { id } } }`,
    { email: name === "email" ? value : key },
  );
  const [contact] = (data as unknown as { contacts: { nodes: { id: string }[] } }).contacts.nodes;
  expect(await shownOf(world, one, contact?.id ?? "")).toEqual(value);
});

const isOf = (one: Case, kind: string) => [one.row.shown?.type].flat()[0] === kind;
const addresses = texts.filter((one) => isOf(one, "EmailAddress") || isOf(one, "URL"));

test.each(named(addresses))("%s with a character inside that nobody sees is refused", async (_title, one) => {
  const spoilt = (value: unknown) => JSON.parse(JSON.stringify(value).replace("columns", "col\u200bumns"));
  const refused = { INVALID: isOf(one, "URL") ? /INVALID_URL.*U\+200B/ : /INVALID_EMAIL.*U\+200B/ };
  await expect(createWith(world, one, spoilt(valueFor(world, one)))).rejects.toThrow(refused.INVALID);
  const { id } = await createWith(world, one, undefined);
  await expect(updateWith(world, one, id, spoilt(valueFor(world, one)))).rejects.toThrow(refused.INVALID);
});

/** Those of fixed letters, or of few. */
const fixed = new Set(["contact.zip", "tag.color", "customField.slug", "smartList.columns"]);
const free = texts.filter(
  (one) => !addresses.includes(one) && !isOf(one, "PhoneNumber") && !fixed.has(titleOf(one)),
);

test.each(named(free))("%s keeps the joiners of its words and emoji", async (_title, one) => {
  const inside = " می\u200cخواهم 👩\u200d💻 ❤\ufe0f";
  const more = (value: unknown) => [value].flat().map((item) => `${item}${inside}`);
  const value = valueFor(world, one);
  const sent = Array.isArray(value) ? more(value) : more(value)[0];
  expect((await createWith(world, one, sent)).value).toEqual(sent);
});

describe("beside the columns", () => {
  const list = async (args: string, variables: Record<string, unknown>, types: string) => {
    const query = `query ${types} { contacts(${args}) { totalCount nodes { name } } }`;
    const { data, text } = await sendText(world.key, query, variables);
    if (data === null) throw new Error(text);
    return (data as unknown as { contacts: { nodes: { name: string }[] } }).contacts.nodes.map(
      ({ name }) => name,
    );
  };
  const search = (text: string) => list("search: { text: $text }", { text }, "($text: String!)");

  test("a search is for the words that are seen, and one of nothing that is seen has none", async () => {
    await createWith(world, caseOf("name"), "Quintessa Unseen");
    expect(await search(around("quintessa"))).toEqual(["Quintessa Unseen"]);
    expect(await search(`${around("unseen")} ${around("quintessa")} \u200b`)).toEqual(["Quintessa Unseen"]);
    expect(await search(around(""))).toEqual(await search(""));
  });

  test("a tag is the same by what is seen: when made, carried and filtered by", async () => {
    const tag = (name: string) =>
      mutate<{ tag: { name: string } | null }>(
        world.key,
        "tagCreate(input: { name: $name })",
        "tag { name }",
        { name },
        "($name: String!)",
      );
    expect((await tag(around("Seen"))).tag).toEqual({ name: "Seen" });
    expect((await tag(around("seen"))).errors).toMatchObject([{ code: "NAME_TAKEN" }]);
    await createWith(world, caseOf("name"), "Tagged", { tags: [around("Seen")] });
    expect(
      await list("filter: { tags: { hasAny: [$name] } }", { name: around("Seen") }, "($name: String!)"),
    ).toEqual(["Tagged"]);
  });

  test("a custom value is what is seen, of a text and of a web address", async () => {
    await world.organization.customField({ slug: "nick", type: "TEXT" });
    await world.organization.customField({ slug: "site", type: "URL" });
    const values = (site: string) => [
      { slug: around("nick"), value: around("Annie") },
      { slug: "site", value: site },
    ];
    await createWith(world, caseOf("name"), "Custom", {
      customFields: values(around("https://seen.example/a")),
    });
    const filter =
      'filter: { and: [{ customFields: [{ slug: "nick", text: { eq: $nick } }] }, { customFields: [{ slug: "site", text: { eq: "https://seen.example/a" } }] }] }';
    expect(await list(filter, { nick: "annie" }, "($nick: String!)")).toEqual(["Custom"]);
    expect(await list(filter, { nick: around("ANNIE") }, "($nick: String!)")).toEqual(["Custom"]);
    await expect(
      createWith(world, caseOf("name"), "Custom", { customFields: values("https://se\u200ben.example") }),
    ).rejects.toThrow(/U\+200B/);
  });

  test("a row of an import with such a character inside an address is refused with its number", async () => {
    const job = await imported(world.organization, "name,email\nInside,in\u200bside@columns.example\n");
    expect(job).toMatchObject({ created: 0, failed: 1 });
    expect(job.errors).toMatchObject([{ code: "INVALID_EMAIL", message: expect.stringContaining("U+200B") }]);
  });
});
