import type { Entity } from "../../filter/registry/fields.ts";
import { otherHeadings } from "./known-headings.ts";
import { allFields, type ImportField, placesOf } from "./places.ts";

/** `docs/import.md`, made of what the import knows. */

const introduction = `# Importing a file

Made from the code by \`npm run schema\`.

A CSV file becomes contacts with \`contactImport\`, leads with \`leadImport\`, or with \`npm run import\`. Send it as it was
exported: what its columns mean is read from their headings.

## The file

- Separated by comma, semicolon, tab or |, which is detected; a first line \`sep=;\`, as Excel writes it, is believed.
- In UTF-8, UTF-16 (with a byte order mark or without), Windows-1252 or what else spreadsheets write: Windows-1250 and 1251 and
  their like, ISO 8859-2 and 15, Mac OS Roman, KOI8, Shift_JIS, GB 18030, Big5, EUC-KR. It is found out by the words in the
  file's first megabyte, and the job's \`encoding\` says what was found; or you say it with \`encoding\`, which is then believed.
- A file that mixes encodings is read line by line: where most lines with letters beyond ASCII are no UTF-8, those that are UTF-8
  are read as that. Where most are UTF-8, and where no encoding is found, a row with bytes that are no UTF-8 is refused, with its
  line; the others are not. So is one with the first such letters after a megabyte without any.
- Lines of prose above the headings, as in LinkedIn's export, are passed over: the headings are the first row among 20 in
  which at least two are known.
- Cells in quotes may have line breaks. A stray quote costs its own row.

## Headings

Letters and digits count, whatever their case, accents and what stands between them: \`E-Mail\`, \`email\` and \`E_MAIL\` are the
same. Numbers and a closing "Value" are taken away (\`Phone 2 - Value\`), and so is a leading "Person", "Contact" or "Lead"
(\`Person - Email - Work\`). A custom field is known by its slug or its name.

- PHONE, OTHER_EMAIL and TAGS take several columns, and several values in a cell, separated by \`:::\` or ; or | (tags by a comma
  as well).
- Of several columns for the e-mail address of a contact the best one has the primary address, and the others go to OTHER_EMAIL.
  Of several addresses in its cell the first is the primary one.
- Any other field has one value. Of several columns for it the one whose heading stands first below wins, then the lower
  number, then the first; the others go nowhere.
- A street may have several columns, one for each line: \`Business Street 2\`, \`Address Line 2\`.
- An address is taken as a whole: of several, as at work and at home, the one with the most columns; the others go nowhere.
- Beside \`Job Title\` a column \`Title\` is the salutation, which goes nowhere.
- Of several columns with a wish not to be contacted one is enough. \`Do Not Call\` says yes where ALLOW_PHONE_CALLS says no.
- In LinkedIn's list of connections (it has \`Connected On\`) \`URL\` is the profile.

- A column without a heading is called \`Column 3\` by its place, and one whose heading stands there for the second time
  \`Notes (2)\`.

\`columns\` of the job says of each column where it goes and why. With \`mapping\` (\`--map\`) you say otherwise; columns that
it leaves out go where their headings say, unless their place is taken, or nowhere with \`mappingMode: REPLACE\`.

\`unmappedColumns\` names those that go nowhere, with some of their values; POSSIBLE_WISH marks those that may say who is not
to be contacted (\`Accepts Marketing\`, \`HasOptedOutOfFax\`), which nothing is guessed of. \`keepUnmapped: NOTES\` (\`--keep-unmapped notes\`)
puts them into the notes, a line \`Heading: value\` each, once however often the file is imported; \`CUSTOM_FIELDS\` makes
custom fields of type TEXT for them, which the next file finds by their names.

## Before

\`contactImportPreview\` and \`leadImportPreview\` (\`--preview\`) take the same input and say, before anything is written, how
the file is written, where each column would go and why, ten rows as they would be stored, and how many of the first
thousand would be created, updated, skipped and refused. \`dryRun\` (\`--dry-run\`) does so for all rows, as a job.

## What is wrong

A row with a value that is wrong is refused, with its line, the column's heading and what would be right; the other rows
are imported. The command writes the refused rows to a file (\`--errors\`) in the shape of yours, with one more column that
says why: mend them and import it. With
\`invalidValues: LEAVE_OUT\` (\`--invalid-values leave-out\`) the row comes in without such a value, and \`notes\` of the job
have each with its row, column and text; a row is refused only that cannot do without it.

## Values

- Empty cells leave what is there.
- A contact is recognised by any of its e-mail addresses. Those of a row are added to those that it has; its primary one stays
  unless the row is recognised by something else and says a new one.
- Flags: yes, no, true, false, 1, 0, x, and the words for yes and no, true and false in the languages below. Anything else is refused.
- In a column with a wish not to be contacted unsubscribed, opted out, cleaned, no consent and the like say yes, subscribed,
  opted in and the like say no, and non-subscribed, never subscribed, pending and archived say nothing; a day, as of \`Unsubscribed Date\`, says yes.
- Numbers are read as their whole column shows: 1.234,56, 1,234.56, 1'234.56 and 1 234,56, with a currency before or behind
  (€ 12,50; a lead's amount takes it). 1.234, which may be two numbers, is what the others of its column show; where they show
  nothing, it is the one with a point before decimals, unless the file is separated by semicolons: then it is refused.
- Days are 2024-04-03, 3.4.2024, 03/04/2024, 3 Apr 2024, April 3, 2024, names of months in the languages below, and a
  spreadsheet's serial number (45385). Whether 03/04/2024 is in April or March is what the others of its column show, or what
  \`dateOrder\` (\`--date-order\`) says; where nothing does, it is refused. Two figures mean a year from 1950 to 2049. A moment
  without an offset is in the organization's time zone.
- Phone numbers have their country code, or are of \`defaultCountry\` (\`--country\`), else of the country that the organization
  has (\`organizationUpdate\`). An extension is kept where it is marked: ext. 12, x12, #12. One that a spreadsheet has turned
  into 4,91512E+11 has lost its digits and is refused: format the column as text and export it again.
- What nobody sees, such as characters without width, is taken away at the ends of a cell and refused inside an address, as
  [everywhere](filters.md#invisible-characters).
- \`="01067"\`, by which spreadsheets keep figures as text, is 01067.
- A leading ' before figures, one of = + - @, a tab or a carriage return, or before more of ' and one of these, is the mark of
  a text, as spreadsheets and exports put it, and is taken away.
- Of Google's labels those beginning with * are its own groups and make no tags.
`;

/** The fields whose own headings have this one. */
const ofTheirOwn = (entity: Entity, heading: string): ImportField[] =>
  (Object.keys(placesOf(entity)) as ImportField[]).filter((name) =>
    placesOf(entity)[name]?.headings.includes(heading),
  );

const rows = (entity: Entity): string =>
  allFields
    .filter(({ of }) => of.includes(entity))
    .map(({ name }) => {
      const { description = "", headings = [] } = placesOf(entity)[name as ImportField] ?? {};
      const all = [...new Set([...headings, ...(otherHeadings[name] ?? [])])];
      // What is another field's own name means that one.
      const known = all.filter((heading) => {
        const [own] = ofTheirOwn(entity, heading);
        return headings.includes(heading) || own === undefined || own === name;
      });
      return `| ${name} | ${description.replaceAll("|", "\\|")} | ${known.join(", ")} |`;
    })
    .join("\n");

const table = (title: string, entity: Entity): string =>
  `\n## ${title}\n\n| field | what | headings |\n|---|---|---|\n${rows(entity)}\n`;

/** The page about importing, in Markdown. */
export const importReference = (): string =>
  `${introduction}${table("Fields of contacts", "CONTACT")}${table("Fields of leads", "LEAD")}`;
