import { type Entity, type Row, relations } from "./model.ts";

/** What a restricted member sees, said without SQL: who is on a record, or on what it hangs from, sees it. */

/** What has lists of its own. */
export type ListedEntity = "contact" | "lead" | "deal";
/** The records of each list. */
export type Listed = Readonly<Record<ListedEntity, readonly Row[]>>;

/** Whose ids are on a record or on what it hangs from: they see it, restricted or not. */
export const OWNERS = "owners";

/**
 * The records as a restricted member sees them: what they do not see is not there, also where others lead to it.
 *
 * @param member their id
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
