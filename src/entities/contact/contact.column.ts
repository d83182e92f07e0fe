import type { FilterField } from "../../filter/registry/fields.ts";
import { keyed } from "../../filter/registry/make.ts";
import type { PersonColumn } from "../../records/columns.ts";

/** A row of the table of a contact's columns. */

/** The properties of a contact's column, besides those of every entity's columns. */
export interface ContactColumn<Value> extends PersonColumn {
  readonly within?: "address";
  readonly blank: Value extends readonly (infer Item)[] ? readonly Item[] : Value;
  /** Description of its field in the input of a bulk change; absent if a bulk change cannot set it. */
  readonly bulk?: string;
  /**
   * The name of its choice in a merge. Columns with the same name are chosen together; the first one has the
   * description.
   */
  readonly merge: { readonly as: string; readonly description?: string };
  /** The value by which a person asks not to be contacted. Only a person can withdraw it, no other system. */
  readonly wish?: Value;
  /**
   * The target of imports that writes it, and the headings of a file's column for it, the usual one first; null if it
   * has none.
   */
  readonly import: {
    readonly as: string;
    readonly description?: string;
    readonly headings: readonly string[];
  } | null;
  /** Its names as a token in templates. */
  readonly tokens: readonly string[];
}

/** The columns that callers do not write as such: keys, stamps, counts, tags, custom values. */
export type Unwritten =
  | ("orgId" | "id" | "version" | "createdAt" | "updatedAt" | "deletedAt" | "purgedAt" | "mergedIntoId")
  | ("lastModificationSource" | "callCount" | "lastCallAt" | "tagIds" | "custom");

/** The filter field of a text that is compared as a whole, by the index on `facets`. */
export const key = (name: string, description: string, aliases: readonly string[] = []): [FilterField] => [
  keyed(name, description, { aliases, index: "contact_facets_idx" }),
];
