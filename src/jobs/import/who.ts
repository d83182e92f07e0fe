import type { Holders, ImportRecord } from "./entity.ts";
import type { Pending } from "./pending.ts";
import { idKey, type Trait } from "./recognise.ts";

/** Who a row is about, of the records that are there and of those that earlier rows have made. Pure. */

export interface Known {
  readonly people: Holders["people"];
  /** What this batch is to write, by the keys of its rows. */
  readonly byKey: ReadonlyMap<string, Pending>;
  /** The same, of records that were there, by row id. */
  readonly byId: ReadonlyMap<string, Pending>;
  /** Of a dry run, the row by which an earlier one would have made or changed who has a key. */
  readonly seen: ReadonlyMap<string, number>;
}

export interface Who {
  readonly pending: Pending | null;
  readonly holder: ImportRecord | null;
  /** Whether more than one is meant. */
  readonly several: boolean;
  /** The row with which a dry run would have made it. */
  readonly earlier: number | null;
  /** By what it was found. */
  readonly by: Trait["by"] | null;
}

const nobody: Who = { pending: null, holder: null, several: false, earlier: null, by: null };

/**
 * Whom a row is about: what is tried first and finds somebody decides.
 *
 * @param row its number
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
      // The batch may run again: what it has seen itself does not count.
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

/** Which of the records that a file has made or changed so far have an address, where it is one record's alone. */
export class AddressBook {
  readonly #given = new Map<string, Pending>();
  readonly #seen: ReadonlyMap<string, number>;
  readonly #first: number;

  /**
   * @param seen of a dry run, as in `Known`
   * @param first the number of the batch's first row
   */
  constructor(seen: ReadonlyMap<string, number>, first: number) {
    this.#seen = seen;
    this.#first = first;
  }

  give(key: string, to: Pending): void {
    this.#given.set(key, to);
  }

  /** Whether another one has it than the record that a row is about. */
  isTaken(key: string, by: Pending | null, earlier: number | null): boolean {
    const given = this.#given.get(key);
    if (given !== undefined) return given !== by;
    const before = this.#seen.get(`email ${key}`);
    if (before === undefined || before >= this.#first) return false;
    const self = earlier ?? (by?.before ? this.#seen.get(idKey(by.before.id)) : undefined);
    return before !== self;
  }
}
