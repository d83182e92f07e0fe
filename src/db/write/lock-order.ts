import { type Lockable, ownedModels } from "../entities.ts";
import { ScopeError } from "../scope/rules.ts";

/** What a locked row keeps others from: "update" any other write, "share" being moved or removed. */
export type Strength = "update" | "share";

/** What a transaction may lock. The last ones of a kind that no other is waited for with. */
type Place = Lockable | "fields" | "imports" | "phones";

/** What stands before a table's rows and has none of its own. */
const before: Readonly<Partial<Record<string, readonly Place[]>>> = {
  custom_field_folder: ["fields"],
  contact: ["imports", "phones"],
} satisfies Partial<Record<Lockable, readonly Place[]>>;

/**
 * The one order in which every write takes its locks, so that no two of them ever wait for each other: that of the
 * table of models. Within a place, rows are taken in the order of their ids. Not in it, because it needs no care: the row of an idempotency key and the
 * set of smart lists, which come before all others; and the shares of tags that a foreign key takes, which come after
 * the rows that carry them.
 */
const order: readonly Place[] = ownedModels.flatMap(([, { table, locked }]) =>
  locked ? [...(before[table] ?? []), table as Lockable] : [],
);

/** Rows of a place that are remembered one by one; a change of a custom field locks a million. */
const REMEMBERED = 5_000;

/** What one transaction has locked, and whether it took it in order. */
export class LockOrder {
  readonly #locked = new Map<Place, { readonly ids: Map<string, Strength>; latest: string }>();
  #last = -1;

  /**
   * Whether these may be locked now; what is locked already may be asked for again.
   *
   * @throws ScopeError when another place or a later row was locked before: a fault of ours, which could deadlock
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

  /** Locks rows. */
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

  /** Locks rows that are not known by their ids, once. */
  enter(place: Place): void {
    if (order.indexOf(place) < this.#last) this.check(place, ["?"], "update");
    this.#last = Math.max(this.#last, order.indexOf(place));
  }

  #of(place: Place) {
    return this.#locked.get(place) ?? { ids: new Map<string, Strength>(), latest: "" };
  }
}
