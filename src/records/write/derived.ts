import type { ContactRow, LeadRow } from "../../db/prisma/rows.ts";
import { contactColumns, contactTexts, deriveContact } from "../../entities/contact/contact.columns.ts";
import { deriveLead, leadColumns, leadTexts } from "../../entities/lead/lead.columns.ts";
import { type BuiltInTexts, deriveBuiltIn } from "../../filter/language/derive.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import type { Data } from "./changes.ts";

/** The derived columns of contacts and leads, as their writes need them. Pure. */

export type Deriving = "contact" | "lead";

/** All of them. @param definitions the entity's custom fields; none are needed for a row without values */
export const derivedOf = (model: Deriving, row: Data, definitions: readonly Definition[]): Data =>
  model === "contact"
    ? deriveContact(contactColumns(row as unknown as ContactRow), definitions)
    : deriveLead(leadColumns(row as unknown as LeadRow), definitions);

const textsOf = (model: Deriving, row: Data): BuiltInTexts =>
  model === "contact"
    ? contactTexts(contactColumns(row as unknown as ContactRow))
    : leadTexts(leadColumns(row as unknown as LeadRow));

/**
 * Those that differ after a change which leaves the custom values alone. What `keys` and `facets` have of custom
 * fields is not in them: it stays as it is in the row, so that nobody has to know the fields.
 */
export function derivedChanges(model: Deriving, before: Data, after: Data): Data {
  const old: Data = deriveBuiltIn(textsOf(model, before));
  const now: Data = deriveBuiltIn(textsOf(model, after));
  return Object.fromEntries(
    Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name])),
  );
}
