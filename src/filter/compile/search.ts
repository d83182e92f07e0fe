import { RequestError } from "../../lib/errors.ts";
import { fold } from "../../lib/fold.ts";
import { hasTrigram, type Where } from "./compile.ts";

/** Columns that free text is looked for in. */
export const searchFields = {
  NAME: { column: "nameKey", description: "The name." },
  EMAIL: { column: "emailKey", description: "The e-mail address." },
  COMPANY: { column: "companyKey", description: "The company." },
  PHONE: { column: "phoneKey", description: "The phone numbers." },
} as const;

export type SearchField = keyof typeof searchFields;

export interface Search {
  readonly text: string;
  readonly fields?: readonly SearchField[] | null | undefined;
}

const MAX_TERMS = 10;

/** Every word of the text has to be in one of the fields, whatever its case; all fields when none are named. */
export function searchWhere({ text, fields }: Search): Where {
  const terms = fold(text).split(/\s+/).filter(Boolean);
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
  // An empty AND is refused by the scoped client, and no word is in everything.
  if (terms.length === 0) return {};
  return {
    AND: terms.map((term): Where => {
      const contains = { contains: term.replace(/[\\%_]/g, "\\$&") };
      const names = fields ?? (Object.keys(searchFields) as SearchField[]);
      // Together the columns hold what search_text holds, and none of them has the index.
      const inColumns = { OR: names.map((name) => ({ [searchFields[name].column]: contains })) };
      if (!hasTrigram(term)) return inColumns;
      return fields ? { AND: [{ searchText: contains }, inColumns] } : { searchText: contains };
    }),
  };
}
