import { suffixOf, uuidOf } from "../lib/typeid.ts";
import { allModels, type IdType } from "./models.ts";

/** Global ids: TypeIDs, whose prefix is the name of the table. */

export type { IdType };

const types = new Map(
  allModels.flatMap(([name, row]) => (row.kind !== "view" && row.ids ? [[row.table, name as IdType]] : [])),
);

const prefixes = Object.fromEntries([...types].map(([prefix, type]) => [type, prefix])) as Record<
  IdType,
  string
>;

/** Every GraphQL type whose records have ids. */
export const idTypes: readonly IdType[] = [...types.values()];

/** The global id of a row, such as `contact_01h455vb4pex5vsknk084sn02q`. */
export const encodeId = (type: IdType, uuid: string): string => `${prefixes[type]}_${suffixOf(uuid)}`;

/**
 * Decodes a global id.
 *
 * @returns its type and the row's UUID, or null if the text is not an id of this API
 */
export function decodeId(text: string): { type: IdType; uuid: string } | null {
  const type = types.get(text.slice(0, text.lastIndexOf("_")));
  const uuid = type && uuidOf(text);
  return type && uuid ? { type, uuid } : null;
}
