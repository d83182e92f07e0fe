import { encodeId } from "../../src/db/ids.ts";
import type { Cast, Part } from "./cast.ts";
import { marksIn } from "./marks.ts";
import type { Choice, Place } from "./names.ts";

/** Texts for arguments: the caller's own, hidden ones, those of another organization, and nonsense. */

type Texts = (part: Part, cast: Cast) => unknown;

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The mark of the row that stands for a part (own, hidden, …). */
const markOf: Texts = (part, { rows }) => {
  const row = rows[part].Contact ?? rows[part].Lead;
  return [...marksIn(String(row?.name ?? ""))][0];
};

const column =
  (
    type: "Contact" | "Lead" | "Tag" | "CustomField" | "CustomValue" | "SmartList" | "Member",
    name: string,
  ): Texts =>
  (part, { rows }) => {
    const row = rows[part][type] ?? (type === "Member" ? undefined : rows.own[type]);
    const value = row?.[name];
    return Array.isArray(value) ? value[0] : value;
  };

/** The slug of a custom field of the part's organization. */
const slugOf: Texts = (part, cast) => (part === "own" ? "words" : cast.slugs[part]);

/** Texts by field name; the last field of a place that has an entry counts. */
const special: Readonly<Record<string, Texts>> = {
  slug: slugOf,
  customField: slugOf,
  key: column("CustomValue", "key"),
  email: column("Contact", "email"),
  makePrimary: column("Contact", "email"),
  otherEmails: column("Contact", "email"),
  phone: column("Contact", "phone_numbers"),
  phoneNumbers: column("Contact", "phone_numbers"),
  tags: (part, cast) => (part === "own" ? "shared" : cast.tags[part]),
  add: (part, cast) => (part === "own" ? "shared" : cast.tags[part]),
  remove: (part, cast) => (part === "own" ? "shared" : cast.tags[part]),
  set: (part, cast) => (part === "own" ? "shared" : cast.tags[part]),
  field: (part, cast) => (part === "own" ? "name" : `custom.${cast.slugs[part]}`),
  columns: (part, cast) => (part === "own" ? "name" : `custom.${cast.slugs[part]}`),
  after: (part, cast) => cast.cursors[part],
  before: (part, cast) => cast.cursors[part],
  idempotencyKey: (part, cast) => cast.idempotencyKeys[part],
  planToken: (part, cast) => cast.planTokens[part],
  text: (part, cast) =>
    part === "own"
      ? `{{contact.first_name}} {{custom_values.${column("CustomValue", "key")(part, cast)}}}`
      : markOf(part, cast),
  delimiter: (part) => (part === "own" ? ";" : undefined),
  color: (part) => (part === "own" ? "#112233" : undefined),
};

/** Operands of comparisons with texts: the whole value of the compared column. */
function written(place: Place): Texts {
  const name = place.findLast((each) => special[each] !== undefined && each !== "text");
  const last = place.at(-1) ?? "";
  if (last === "text" || last === "delimiter") return special[last] as Texts;
  if (name !== undefined) return special[name] as Texts;
  return (part, cast) => {
    const row = cast.rows[part].Contact ?? {};
    const known = place.findLast((each) => typeof (row as Record<string, unknown>)[snake(each)] === "string");
    return known === undefined ? markOf(part, cast) : (row as Record<string, unknown>)[snake(known)];
  };
}

const parts: readonly Part[] = ["own", "hidden", "foreign"];

export function textChoices(place: Place, cast: Cast): Choice[] {
  const text = written(place);
  const said = parts.flatMap((part) => {
    const value = text(part, cast);
    return value === undefined || value === null ? [] : [{ kind: part, value }];
  });
  const ids = place.at(-1) === "value" || place.includes("tags") ? idTexts(cast) : [];
  return [...said, ...ids, { kind: "nonsense", value: "no such thing" }, { kind: "blank", value: "" }];
}

/** Ids, for texts that may be ids. */
const idTexts = (cast: Cast): Choice[] =>
  parts.flatMap((part) =>
    (["Tag", "Member", "Contact"] as const).flatMap((type) => {
      const row = cast.rows[part][type];
      if (!row) return [];
      const absent = part === "own" ? {} : { absent: cast.never(type) };
      return [{ kind: `${part} ${type}`, value: encodeId(type, row.id), ...absent }];
    }),
  );
