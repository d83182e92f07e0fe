import type { FilterField } from "../../filter/registry/fields.ts";
import { keyed } from "../../filter/registry/make.ts";
import type { PersonColumn } from "../../records/columns.ts";

/** What the table of columns says of one column of a contact. */

/** What is made of a column of a contact, beside what is made of every entity's. */
export interface ContactColumn<Value> extends PersonColumn {
  readonly within?: "address";
  readonly blank: Value extends readonly (infer Item)[] ? readonly Item[] : Value;
  /** What a bulk change says of it, where many contacts are given the same. */
  readonly bulk?: string;
  /** What chooses it in a merge: columns of one name are chosen together, and the first of them describes it. */
  readonly merge: { readonly as: string; readonly description?: string };
  /** The value by which somebody asks not to be contacted: nothing but a person takes it back. */
  readonly wish?: Value;
  /** What a column of a file is called that holds it, its own name first; null where none can. */
  readonly import: {
    readonly as: string;
    readonly description?: string;
    readonly headings: readonly string[];
  } | null;
  /** What it is called in the texts of templates. */
  readonly tokens: readonly string[];
}

/** The columns that no caller writes by themselves: keys, stamps, counts, tags, custom values. */
export type Unwritten =
  | ("orgId" | "id" | "version" | "createdAt" | "updatedAt" | "deletedAt" | "purgedAt" | "mergedIntoId")
  | ("lastModificationSource" | "callCount" | "lastCallAt" | "tagIds" | "custom");

/** The filter field of a text that is compared whole: the index of `facets` finds it. */
export const key = (name: string, description: string, aliases: readonly string[] = []): [FilterField] => [
  keyed(name, description, { aliases, index: "contact_facets_idx" }),
];
