import { type Lockable, ownedModels } from "../models.ts";
import { ScopeError } from "../scope/rules.ts";

/** The strength of a row lock: "update" (FOR UPDATE) keeps out every other write, "share" (FOR SHARE) only updates. */
export type Strength = "update" | "share";

/** What a transaction may lock: rows of a table, or an advisory lock. */
type Place = Lockable | "erasure" | "members" | "fields" | "jobs" | "imports" | "phones";

/** Advisory locks that are taken before a table's rows. */
const advisoryBefore: Readonly<Partial<Record<string, readonly Place[]>>> = {
  bulk_job: ["erasure", "members"],
  custom_field_folder: ["fields"],
  contact: ["jobs", "imports", "phones"],
} satisfies Partial<Record<Lockable, readonly Place[]>>;

/**
 * The order in which every write takes its locks, so that no two writes deadlock: the order of the table of models, and
 * within a table that of the ids. Not checked here: the row of an idempotency key and the set of smart lists, which are
 * always locked first; the share locks on members, which do not wait once records are locked; and the share locks that
 * foreign keys take on tags, always after the rows that have them.
 */
const order: readonly Place[] = ownedModels.flatMap(([, { table, locked }]) =>
  locked ? [...(advisoryBefore[table] ?? []), table as Lockable] : [],
);

/** Maximum number of rows of a place whose ids are remembered: a change of a custom field may lock a million. */
const REMEMBERED = 5_000;

/** What one transaction has locked; refuses locks out of order. */
export class LockOrder {
  readonly #locked = new Map<Place, { readonly ids: Map<string, Strength>; latest: string }>();
  #last = -1;

  /**
   * Checks that rows may be locked now. Rows that are locked already may be locked again.
   *
   * @throws ScopeError if a later place or row is locked already: a bug, which could cause a deadlock
   */
  check(place: Place, ids: readonly string[], strength: Strength): void {
    const rank = order.indexOf(place);
    const { ids: locked, latest } = this.#of(place);
    const fresh = ids.filter((id) => locked.get(id) !== "update" && locked.get(id) !== strength);
    if (fresh.length === 0) return;
    const backwards = rank < this.#last || fresh.some((id) => id < latest || locked.has(id));
    if (!backwards) return;
    throw new ScopeError(`${place} is locked after ${order[this.#last]}: locks are taken in one order`);
  }

  /** Checks rows as `check` does, and records that they are locked. */
  take(place: Place, ids: readonly string[], strength: Strength): void {
    this.check(place, ids, strength);
    const locked = this.#of(place);
    for (const id of ids) {
      if (id > locked.latest) locked.latest = id;
      if (locked.ids.size < REMEMBERED && locked.ids.get(id) !== "update") locked.ids.set(id, strength);
    }
    this.#locked.set(place, locked);
    this.#last = Math.max(this.#last, order.indexOf(place));
  }

  /** Records a lock on rows whose ids are not known beforehand, or an advisory lock. */
  enter(place: Place): void {
    if (order.indexOf(place) < this.#last) this.check(place, ["?"], "update");
    this.#last = Math.max(this.#last, order.indexOf(place));
  }

  #of(place: Place) {
    return this.#locked.get(place) ?? { ids: new Map<string, Strength>(), latest: "" };
  }
}
