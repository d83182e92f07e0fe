import type { DuplicateReason } from "../../generated/prisma/enums.ts";

/** Groups of contacts that are likely one person. Pure. */

/** The probability for each reason alone, from 0 to 1; the strongest first. */
const weights: Readonly<Record<DuplicateReason, number>> = {
  SIMILAR_EMAIL: 0.75,
  SAME_PHONE: 0.65,
  SAME_NAME_AND_COMPANY: 0.6,
};

/** The reasons, the strongest first. */
export const reasonsByWeight = Object.keys(weights) as DuplicateReason[];

/**
 * The probability for several reasons, taken as independent.
 *
 * @returns in percent, 0 to 100
 */
export const scoreOf = (reasons: Iterable<DuplicateReason>): number =>
  Math.round(100 * (1 - [...reasons].reduce((doubt, reason) => doubt * (1 - weights[reason]), 1)));

/** Most contacts of a group: keys that would make a larger one are skipped. */
export const MOST_TOGETHER = 50;

/** Contacts that are likely one person. */
export interface Group {
  /** Sorted. */
  readonly ids: readonly string[];
  /** The strongest first. */
  readonly reasons: readonly DuplicateReason[];
  /** In percent. */
  readonly score: number;
}

/**
 * Union-find over contacts that share keys: a contact that shares a key with a member of a group joins the group. The
 * same keys in the same order give the same groups.
 */
export class Groups {
  readonly #places = new Map<string, number>();
  readonly #ids: string[] = [];
  /** Index of another member of the group; of the root, its own index. */
  readonly #leads: number[] = [];
  /** Number of members, for the root of a group. */
  readonly #sizes: number[] = [];
  readonly #reasons: number[] = [];

  /** @param ids of contacts that share a key; call it with the strongest reasons first */
  unite(ids: readonly string[], reason: DuplicateReason): void {
    const leaders = [...new Set(ids.map((id) => this.#leader(this.#placeOf(id))))];
    const [first = 0, ...others] = leaders.sort((one, other) => one - other);
    const size = leaders.reduce((sum, leader) => sum + (this.#sizes[leader] ?? 0), 0);
    if (size > MOST_TOGETHER) return;
    for (const leader of others) {
      this.#leads[leader] = first;
      this.#reasons[first] = (this.#reasons[first] ?? 0) | (this.#reasons[leader] ?? 0);
    }
    this.#sizes[first] = size;
    this.#reasons[first] = (this.#reasons[first] ?? 0) | (1 << reasonsByWeight.indexOf(reason));
  }

  /** The groups of two or more, the likeliest first; with the same score, by their first id. */
  all(): Group[] {
    const members = new Map<number, string[]>();
    for (const [place, id] of this.#ids.entries()) {
      const leader = this.#leader(place);
      const before = members.get(leader);
      if (before) before.push(id);
      else members.set(leader, [id]);
    }
    const groups: Group[] = [];
    for (const [leader, ids] of members) {
      if (ids.length < 2) continue;
      const reasons = reasonsByWeight.filter((_, at) => ((this.#reasons[leader] ?? 0) & (1 << at)) !== 0);
      groups.push({ ids: ids.sort(), reasons, score: scoreOf(reasons) });
    }
    return groups.sort(
      (one, other) => other.score - one.score || ((one.ids[0] ?? "") < (other.ids[0] ?? "") ? -1 : 1),
    );
  }

  #placeOf(id: string): number {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    const place = this.#ids.push(id) - 1;
    this.#places.set(id, place);
    this.#leads.push(place);
    this.#sizes.push(1);
    this.#reasons.push(0);
    return place;
  }

  #leader(place: number): number {
    let at = place;
    for (let next = this.#leads[at] ?? at; next !== at; next = this.#leads[at] ?? at) {
      // Path halving: shortens later look-ups.
      this.#leads[at] = this.#leads[next] ?? next;
      at = next;
    }
    return at;
  }
}
