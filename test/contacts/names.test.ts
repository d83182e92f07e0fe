import { expect, test } from "vitest";
import { mutate } from "../support/client.ts";
import { imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** The full name and its parts: a change of one takes nothing away that still holds. */

interface Names {
  readonly name: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
}

const names = "name firstName lastName";
const ann = { name: "Ann van der Lee", firstName: "Ann", lastName: "van der Lee" };
const whole = { name: "Ann van der Lee", firstName: null, lastName: null };

const whatIsSent: readonly [string, Names, Partial<Names>, Names][] = [
  ["the same name", ann, { name: "Ann van der Lee" }, ann],
  ["the name in other letters", ann, { name: "ANN  van der lee" }, { ...ann, name: "ANN  van der lee" }],
  ["the name with a title", ann, { name: "Dr. Ann van der Lee" }, { ...ann, name: "Dr. Ann van der Lee" }],
  ["the last name first", ann, { name: "van der Lee, Ann" }, { ...ann, name: "van der Lee, Ann" }],
  ["another last name", ann, { name: "Ann Smith" }, { name: "Ann Smith", firstName: "Ann", lastName: null }],
  [
    "a name that only begins alike",
    ann,
    { name: "Anna van der Leeuw" },
    { name: "Anna van der Leeuw", firstName: null, lastName: null },
  ],
  ["another name", ann, { name: "Bob" }, { name: "Bob", firstName: null, lastName: null }],
  ["a first name", whole, { firstName: "Ann" }, { ...whole, firstName: "Ann" }],
  [
    "both parts",
    { ...whole, name: "Dr. Ann van der Lee" },
    { firstName: "Ann", lastName: "van der Lee" },
    { ...ann, name: "Dr. Ann van der Lee" },
  ],
  ["another first name", ann, { firstName: "Bo" }, { ...ann, name: "Bo van der Lee", firstName: "Bo" }],
  ["no last name", ann, { lastName: null }, { name: "Ann", firstName: "Ann", lastName: null }],
];

test.each(whatIsSent)(
  "a contact who is sent %s keeps what still holds",
  async (_what, before, input, after) => {
    const organization = await Organization.make();
    const { key } = organization;
    const updated = await organization.contact(before);
    const { contact } = await mutate<{ contact: object }>(
      key,
      `contactUpdate(id: "${updated.globalId}", input: $input)`,
      `contact { ${names} }`,
      { input: { phoneNumbers: ["+33612345678"], ...input } },
      "($input: ContactUpdateInput!)",
    );
    expect(contact).toEqual(after);
  },
);

// A cell that is empty says nothing: what is cleared has no row.
test.each(whatIsSent.filter(([, , input]) => !Object.values(input).includes(null)))(
  "a contact who is imported with %s keeps what still holds",
  async (_what, before, input, after) => {
    const organization = await Organization.make();
    const { key } = organization;
    await organization.contact({ ...before, email: "import@example.com" });
    const cells = Object.values(input).map((cell) => `"${cell}"`);
    await imported(
      organization,
      `email,${Object.keys(input).join(",")}\nimport@example.com,${cells.join(",")}\n`,
      { mode: "UPDATE" },
    );
    const found = await mutate<{ contact: object }>(
      key,
      'contactUpsert(input: { email: "import@example.com" }, matchOn: [EMAIL])',
      `contact { ${names} }`,
    );
    expect(found.contact).toEqual(after);
  },
);
