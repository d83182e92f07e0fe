import { plain } from "../../lib/accents.ts";
import { RequestError } from "../../lib/errors.ts";
import { fold, isBlank } from "../../lib/fold.ts";
import { withoutInvisibleEnds } from "../../lib/invisible.ts";
import { numbersIn } from "../language/phone.ts";
import { PLAIN_ADDRESSES } from "../registry/fields.ts";
import type { Where } from "./compile.ts";
import { hasTrigram, keyPart, literal, oneOf } from "./parts.ts";

/** Columns that free-text search looks in. */
export const searchFields = {
  NAME: { column: "nameKey", description: "The name." },
  EMAIL: {
    column: "emailKey",
    keys: ["email", "otherEmails", PLAIN_ADDRESSES],
    description: "Any of the e-mail addresses.",
  },
  COMPANY: { column: "companyKey", description: "The company." },
  PHONE: { column: "phoneKey", description: "The phone numbers." },
} as const;

export type SearchField = keyof typeof searchFields;

export interface Search {
  readonly text: string;
  readonly fields?: readonly SearchField[] | null | undefined;
}

const MAX_TERMS = 10;

/** The words of a search, folded and without accents. Invisible characters are no words. */
export const termsOf = (text: string): string[] =>
  plain(fold(text))
    .split(/\s+/)
    .map(withoutInvisibleEnds)
    .filter((term) => !isBlank(term));

/** Whether a search has no words: it then matches everything. */
export const saysNothing = ({ text, fields }: Search): boolean =>
  fields?.length !== 0 && termsOf(text).length === 0;

/**
 * The condition of a free-text search: every word must occur in one of the fields, regardless of case and accents.
 * Words that together may be one phone number, such as `+1 (512) 867-7777`, are also searched as one.
 *
 * @param country default country of phone numbers, ISO 3166-1 alpha-2; null for none
 */
export function searchWhere({ text, fields }: Search, country: string | null): Where {
  const terms = termsOf(text);
  if (terms.length > MAX_TERMS) {
    throw new RequestError(
      "FILTER_TOO_LARGE",
      `search.text has ${terms.length} words; the limit is ${MAX_TERMS}`,
      {
        field: "search.text",
      },
    );
  }
  if (fields?.length === 0) {
    throw new RequestError("BAD_USER_INPUT", "search.fields must name at least one field, or be left out", {
      field: "search.fields",
    });
  }
  // Without words the search matches everything; the scoped client refuses an empty AND.
  if (terms.length === 0) return {};
  return {
    AND: numbersIn(terms, country).flatMap(({ words, numbers }) => {
      const each = words.map((word) => termWhere(word, fields ?? null));
      const asNumber = fields && !fields.includes("PHONE") ? [] : numbers;
      if (asNumber.length === 0) return each;
      const inPhones = asNumber.map((number) => termWhere(number, fields ? ["PHONE"] : null));
      return [oneOf([each.length === 1 ? oneOf(each) : { AND: each }, ...inPhones])];
    }),
  };
}

/** @param fields null for all of them */
function termWhere(term: string, fields: readonly SearchField[] | null): Where {
  const contains = { contains: literal(term) };
  const names = fields ?? (Object.keys(searchFields) as SearchField[]);
  // search_text holds the text of all these columns and has the trigram index; the columns have none.
  const inColumns = {
    OR: names.flatMap((name) => {
      const field = searchFields[name];
      const found = { [field.column]: contains };
      const keys = "keys" in field ? field.keys : [];
      return [found, ...keys.map((key) => keyPart(key, "contains", [literal(term)]).match)];
    }),
  };
  if (!hasTrigram(term)) return inColumns;
  return fields ? { AND: [{ searchText: contains }, inColumns] } : { searchText: contains };
}
