import { calendarUnits, durationUnits, MAX_AMOUNT } from "../language/dates.ts";
import { limits } from "../language/problem.ts";
import { type FieldType, type FilterEntity, type FilterField, filteredModels } from "./fields.ts";
import { genericOperators, operatorsOf } from "./operators.ts";
import { Registry } from "./registry.ts";

/** The filter reference, made from the registry so that it agrees with the code. Pure. */

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");

const code = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(" ");

const typedName = (operator: string): string =>
  operator.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const typedNameOf = (operator: string): string =>
  operator === "IS_EMPTY"
    ? "isEmpty: true"
    : operator === "IS_NOT_EMPTY"
      ? "isEmpty: false"
      : typedName(operator);

const operatorTable = (): string =>
  table(
    ["Operator", "Typed", "Holds for"],
    Object.entries(genericOperators).map(([name, { description }]) => [
      `\`${name}\``,
      `\`${typedNameOf(name)}\``,
      description,
    ]),
  );

const typeTable = (): string =>
  table(
    ["Type", "Operators"],
    (Object.keys(operatorsOf) as FieldType[]).map((type) => [type, code(operatorsOf[type])]),
  );

function fieldRow({ path, aliases, type, description, options, sort, index }: FilterField): string[] {
  const others = aliases.filter((alias) => alias !== path);
  return [
    `\`${path}\``,
    code(others),
    type,
    options ? `${description} ${code(options)}` : description,
    sort ? "yes" : "",
    index === undefined ? "" : `\`${index}\``,
  ];
}

const fieldTable = (entity: FilterEntity): string =>
  table(
    ["Field", "Also", "Type", "What it is", "Sorts", "Index"],
    new Registry(entity, []).fields().map(fieldRow),
  );

/** Fields of entities without a list of their own. */
const insideRelations = (): string =>
  (Object.keys(filteredModels) as FilterEntity[])
    .filter((entity) => entity !== "CONTACT" && entity !== "LEAD" && entity !== "DEAL")
    .map((entity) => {
      const [, many] = filteredModels[entity].nouns;
      return `## ${many.charAt(0).toUpperCase()}${many.slice(1)}, inside relations\n\n${fieldTable(entity)}`;
    })
    .join("\n\n");

/** @returns the text of `docs/filters.md` */
export const filterReference = (): string => `# Filters

Made by \`npm run schema\` from the registry of fields; do not edit.

Two filter arguments, one meaning: \`filter\` is typed, \`query\` is an OR of AND groups whose conditions name a field, an operator
and a value. What both say is AND-ed, and so is \`search\`. \`contactFilterPreview\` says in a sentence what a filter
means, \`contactFilterFields\` lists the fields below with an organization's custom fields.

## Rules

- Every comparison is true or false. The negative ones (\`NE\`, \`NOT_IN\`, \`NOT_CONTAINS\`, \`HAS_NONE\`, \`none\`) take in
  records without a value: a filter and its \`not\` add up to everything.
- \`{ and: [] }\` is everything, \`{ or: [] }\` nothing, \`in: []\` nothing, \`notIn: []\` everything. A query without groups,
  a group without conditions and a null operand are errors. A variable that is left out leaves its condition out.
- Accents count: \`EQ\`, \`CONTAINS\` and their like keep \`Müller\` and \`Muller\` apart. \`search\` and orders do not, see
  [below](#letters-and-accents).
- Text compares without regard to case; \`%\`, \`_\` and \`\\\` are letters like others. Empty is null, blank text, an empty list.
- Conditions that contradict each other match nothing, and are no error; only one comparator with its own bounds
  exchanged, \`{ gt: 5, lt: 1 }\`, is one.
- An address is found by its domain in letters, \`müller.example\`, and by its A-labels; a phone number however it is
  written, \`+1 (512) 867-7777\`, \`0015128677777\`, \`+1 512 867 7777 ext. 12\`, and without its country by \`CONTAINS\` and
  \`ENDS_WITH\`. Where the organization has a country, one without is that country's also for \`EQ\`, \`IN\`, \`STARTS_WITH\`
  and a search: \`030 998877\` is +4930998877 in Germany. A smart list is read in the country that the organization has when it
  is read. A number with an extension equals only itself.
- A JSON number of more than 15 digits is refused, because it may have been rounded on the way: send it as text.
- At most ${limits.groups} groups, ${limits.conditions} conditions in each, ${limits.leaves} comparisons, ${limits.values} values in a list and ${limits.parameters} in all, ${limits.inJson} of them compared with custom fields that have no column of their own, ${limits.total} comparisons with those of the smart lists that it names, a depth of ${limits.depth}, ${limits.relations} relations inside each other.

## Operators

${operatorTable()}

## What fits which type

${typeTable()}

## Relative dates

\`ON\` takes a day, \`OLDER_THAN\` an ISO 8601 duration (\`P30D\`, \`P1Y6M\`, \`PT12H\`), \`WITHIN\` one of
\`{ last: { amount: 7, unit: DAY } }\`, \`{ next: { … } }\`, \`{ this: MONTH }\` and \`{ previous: WEEK }\`.

- Days begin where the time zone says so: the argument \`timeZone\`, else the smart list's, else the organization's. A
  range holds its first moment and not its last.
- \`last\` and \`next\` count whole days of which today is one (${code(durationUnits)}, up to ${MAX_AMOUNT}); hours count from the
  moment of the request. \`this\` and \`previous\` name a ${code(calendarUnits)} of the calendar; weeks begin
  with the organization's \`weekStart\`, Monday by default.
- \`OLDER_THAN P30D\` is everything before \`last 30 days\`.

## Letters and accents

\`search\` finds Zoë Müller by \`zoe muller\` and Zoe Muller by \`Zoë Müller\`, and an order puts Éric right behind Eric. The rule
is the same on every database, whatever its locale:

- Latin and Greek letters lose their accents and other marks: \`é\` is \`e\`, \`Ṩ\` is \`s\`, \`ώ\` is \`ω\`. Those that are no letter with
  a mark are what people write in their place: \`ß\` ss, \`æ\` ae, \`œ\` oe, \`ø\` o, \`đ\` and \`ð\` d, \`þ\` th, \`ł\` l, \`ı\` i, \`ə\` e.
  \`ü\` is u, not ue.
- Letters of other scripts stay what they are, for a mark makes another letter there: \`й\` is not \`и\`, \`が\` is not \`か\`; Hebrew,
  Arabic, Indic and Korean signs stay. \`ё\` alone is \`е\`, as names are written either way.
- Order is by these letters, in the order of Unicode: Latin, Greek, Cyrillic, Hebrew, Arabic, and so on. Where they are the same,
  what has no accents comes first. It holds for names, companies, sources, stages, tags and custom texts; e-mail addresses sort
  by all of their letters.

## What nobody sees

What comes along when a text is copied, characters without width, marks of direction, soft hyphens, byte order marks, is no
part of it, by one rule for every input: a mutation, a cell of a file, an operand, a search.

- At the ends of a text it is taken away, from a name, a tag, a slug, an address as from any other: \`U+200B\` before \`Ann\`
  is stored and compared as \`Ann\`. The end of a run of another direction that begins inside the text stays.
- Inside it stays, for words and emoji are made with some of these (\`می‌خواهم\`, with \`U+200C\`), and counts in comparisons.
- Inside an e-mail address or the host of a web address it is refused, with the character's number: the address would be another
  one than the one that is seen. Behind the host \`U+200C\`, \`U+200D\` and variation selectors may stand. As no record has such an
  address, a filter or a search by one finds nothing.
- In a phone number it is passed over wherever it stands.
- A text that shows nothing at all is blank, and a search for it is one without words.

## Related records

Typed: \`deals: { some: { status: { eq: "OPEN" } }, count: { gte: 2 } }\`, \`none\` for none of them. Generic: \`deals.status\`
\`EQ\` \`OPEN\` holds when some deal fulfils it, \`NE\` when none does; \`deals.count\` compares how many there are, \`deals\`
\`IS_EMPTY\` is having none. Inside, a caller's own limits hold as everywhere. \`inSmartList\` takes in what a smart list says.

## Contacts

${fieldTable("CONTACT")}

Custom fields are \`custom.<slug>\`, and \`customFields: [{ slug, … }]\` in the typed filter.

## Leads

${fieldTable("LEAD")}

## Deals

${fieldTable("DEAL")}

${insideRelations()}
`;
