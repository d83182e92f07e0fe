import type { Holders, ImportRecord } from "./entity.ts";
import type { Pending } from "./pending.ts";
import { idKey, type Trait } from "./recognise.ts";

/** Matches rows to existing records and to records of earlier rows. Pure. */

export interface Known {
  readonly people: Holders["people"];
  /** Records that this batch will write, by the keys of its rows. */
  readonly byKey: ReadonlyMap<string, Pending>;
  /** Existing records among them, by row id. */
  readonly byId: ReadonlyMap<string, Pending>;
  /** In a dry run, by key, the earlier row that would have created or changed the record. */
  readonly seen: ReadonlyMap<string, number>;
}

export interface Who {
  readonly pending: Pending | null;
  readonly holder: ImportRecord | null;
  /** Whether several records match. */
  readonly several: boolean;
  /** In a dry run, the earlier row that would have created the record. */
  readonly earlier: number | null;
  /** The kind of key that matched. */
  readonly by: Trait["by"] | null;
}

const nobody: Who = { pending: null, holder: null, several: false, earlier: null, by: null };

/**
 * The record that a row matches: the first kind of key that matches decides.
 *
 * @param row number of the row
 */
export function matchRow(traits: readonly Trait[], { people, byKey, byId, seen }: Known, row: number): Who {
  for (const { by, keys } of traits) {
    const pending = new Set<Pending>();
    const holders = new Map<string, ImportRecord>();
    let several = false;
    let earlier: number | null = null;
    for (const key of keys) {
      const mine = byKey.get(key);
      if (mine) pending.add(mine);
      const holder = people.get(key);
      if (holder === "several") several = true;
      else if (holder) {
        const written = byId.get(holder.id);
        if (written) pending.add(written);
        else holders.set(holder.id, holder);
      }
      // The batch may run again: keys that it added itself do not count.
      const before = seen.get(key);
      if (before !== undefined && before < row) earlier ??= before;
    }
    several ||= pending.size + holders.size > 1;
    const [one = null] = pending;
    const [holder = null] = holders.values();
    if (several) return { ...nobody, several, by };
    if (one !== null || holder !== null || earlier !== null) {
      return { pending: one, holder: one === null ? holder : null, several, earlier, by };
    }
  }
  return nobody;
}

/**
 * The records that have an address, including those created or changed by earlier rows, for entities with unique
 * addresses.
 */
export class AddressBook {
  readonly #given = new Map<string, Pending>();
  readonly #seen: ReadonlyMap<string, number>;
  readonly #first: number;

  /**
   * @param seen in a dry run, as in `Known`
   * @param first number of the batch's first row
   */
  constructor(seen: ReadonlyMap<string, number>, first: number) {
    this.#seen = seen;
    this.#first = first;
  }

  give(key: string, to: Pending): void {
    this.#given.set(key, to);
  }

  /** Whether another record than the row's has the address. */
  isTaken(key: string, by: Pending | null, earlier: number | null): boolean {
    const given = this.#given.get(key);
    if (given !== undefined) return given !== by;
    const before = this.#seen.get(`email ${key}`);
    if (before === undefined || before >= this.#first) return false;
    const self = earlier ?? (by?.before ? this.#seen.get(idKey(by.before.id)) : undefined);
    return before !== self;
  }
}
