import { type Entity, type Row, relations } from "./model.ts";

/** What a restricted member sees, without SQL: records that are assigned to them, or whose parent is. */

/** The entities that have lists. */
export type ListedEntity = "contact" | "lead" | "deal";
/** The records of each list. */
export type Listed = Readonly<Record<ListedEntity, readonly Row[]>>;

/** The key of the members whose ids are on a record or its parents; they see the record even if restricted. */
export const OWNERS = "owners";

/**
 * The records that a restricted member sees. Hidden records are also missing from the relations of visible ones.
 *
 * @param member the member's id
 */
export function seenBy(listed: Listed, member: string): Listed {
  const copies = new Map<Row, Row>();
  const isSeen = (row: Row) => (row[OWNERS] as readonly (string | null)[]).includes(member);
  const copy = (row: Row, entity: Entity): Row => {
    const known = copies.get(row);
    if (known) return known;
    const made: Record<string, unknown> = { ...row };
    copies.set(row, made);
    for (const [name, { entity: inner }] of Object.entries(relations[entity])) {
      const related = row[name] as Row | readonly Row[] | null;
      made[name] = Array.isArray(related)
        ? related.filter(isSeen).map((each) => copy(each, inner))
        : related && isSeen(related as Row)
          ? copy(related as Row, inner)
          : null;
    }
    return made;
  };
  const all = (entity: ListedEntity) => listed[entity].filter(isSeen).map((row) => copy(row, entity));
  return { contact: all("contact"), lead: all("lead"), deal: all("deal") };
}
