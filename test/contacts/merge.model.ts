/**
 * What merges, unmerges and changes make of contacts, said the simplest way: every contact is its history, read anew.
 */

export const plain = ["title", "company", "notes"] as const;
type Plain = (typeof plain)[number];

export interface State {
  readonly title: string | null;
  readonly company: string | null;
  readonly notes: string | null;
  readonly industry: string | null;
  readonly doNotContact: boolean;
  readonly allowPhoneCalls: boolean;
  readonly tags: readonly string[];
  /** The primary one first. */
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

export const lists = ["emails", "phones"] as const;
type List = (typeof lists)[number];

/** What is chosen of whom: of lists, whose first one comes first. */
export type Field = Plain | "industry" | List;

/** What somebody made of a list. */
interface Edit {
  readonly was: readonly string[];
  readonly is: readonly string[];
}

/** What somebody changed between two merges. */
interface Patch {
  readonly lists: Readonly<Partial<Record<List, readonly Edit[]>>>;
  readonly set: Partial<State>;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

type Happened =
  | { readonly patch: Patch }
  | {
      readonly merge: string;
      readonly duplicates: readonly number[];
      readonly chosen: ReadonlyMap<Field, number>;
    };

interface Known {
  readonly base: State;
  history: Happened[];
  into: number | null;
}

const none: Patch = { lists: {}, set: {}, add: [], remove: [] };

export class Model {
  readonly contacts: Known[];
  constructor(bases: readonly State[]) {
    this.contacts = bases.map((base) => ({ base, history: [], into: null }));
  }

  #of(at: number): Known {
    return this.contacts[at] as Known;
  }

  isLive = (at: number): boolean => this.#of(at).into === null;

  state(at: number, length = Number.POSITIVE_INFINITY): State {
    const { base, history } = this.#of(at);
    return history.slice(0, length).reduce<State>((state, event) => {
      if ("patch" in event) return patched(state, event.patch);
      const all = [state, ...event.duplicates.map((duplicate) => this.state(duplicate))];
      const united = (field: List) => {
        const from = event.chosen.get(field);
        const ahead = from === undefined ? [] : (from === at ? state : this.state(from))[field].slice(0, 1);
        return [...new Set([...ahead, ...all.flatMap((each) => each[field])])];
      };
      const one = (field: Plain | "industry") => {
        const from = event.chosen.get(field);
        if (from !== undefined) return (from === at ? state : this.state(from))[field];
        return all.find((each) => each[field] !== null)?.[field] ?? null;
      };
      return {
        title: one("title"),
        company: one("company"),
        notes: one("notes"),
        industry: one("industry"),
        doNotContact: all.some(({ doNotContact }) => doNotContact),
        allowPhoneCalls: all.every(({ allowPhoneCalls }) => allowPhoneCalls),
        tags: [...new Set(all.flatMap(({ tags }) => tags))],
        emails: united("emails"),
        phones: united("phones"),
      };
    }, base);
  }

  merge(primary: number, duplicates: readonly number[], merge: string, chosen: ReadonlyMap<Field, number>) {
    this.#of(primary).history.push({ merge, duplicates, chosen });
    for (const duplicate of duplicates) this.#of(duplicate).into = primary;
  }

  change(at: number, wanted: Partial<State>) {
    const state = this.state(at);
    const { tags: before } = state;
    const { tags, emails, phones, ...set } = wanted;
    const edit = (list: List, is: readonly string[] | undefined) =>
      is && { [list]: [{ was: state[list], is }] };
    const add = tags?.filter((tag) => !before.includes(tag)) ?? [];
    const remove = tags === undefined ? [] : before.filter((tag) => !tags.includes(tag));
    this.#of(at).history.push({
      patch: { lists: { ...edit("emails", emails), ...edit("phones", phones) }, set, add, remove },
    });
    this.#tidy(at);
  }

  /** The merge has never been; a wish that came after it is everybody's. */
  undo(primary: number, merge: string) {
    const known = this.#of(primary);
    const place = known.history.findIndex((event) => "merge" in event && event.merge === merge);
    const event = known.history[place];
    if (!event || !("merge" in event)) throw new Error("no such merge");
    const wishes: Partial<State>[] = known.history.slice(place).flatMap((after) => {
      if (!("patch" in after)) return [];
      const { doNotContact, allowPhoneCalls } = after.patch.set;
      return [
        ...(doNotContact === true ? [{ doNotContact }] : []),
        ...(allowPhoneCalls === false ? [{ allowPhoneCalls }] : []),
      ];
    });
    known.history.splice(place, 1);
    this.#tidy(primary);
    // Nobody has the address of who has left.
    const gone = event.duplicates.flatMap((duplicate) => this.state(duplicate).emails);
    const emails = this.state(primary).emails;
    if (emails.some((email) => gone.includes(email))) {
      this.change(primary, { emails: emails.filter((email) => !gone.includes(email)) });
    }
    for (const duplicate of event.duplicates) {
      this.#of(duplicate).into = null;
      for (const wish of wishes) this.change(duplicate, wish);
    }
  }

  /** One patch between two merges, and nothing in it that was so before. */
  #tidy(at: number) {
    const known = this.#of(at);
    const joined: Happened[] = [];
    for (const event of known.history) {
      const last = joined.at(-1);
      if ("patch" in event && last && "patch" in last)
        joined.splice(-1, 1, { patch: join(last.patch, event.patch) });
      else joined.push(event);
    }
    known.history = joined;
    joined.forEach((event, place) => {
      if (!("patch" in event)) return;
      const before = this.state(at, place);
      const set = Object.entries(event.patch.set).filter(
        ([name, value]) => before[name as keyof State] !== value,
      );
      const after = this.state(at, place + 1);
      const edits = lists
        .filter((list) => before[list].join() !== after[list].join())
        .map((list) => [list, [{ was: before[list], is: after[list] }]]);
      known.history[place] = {
        patch: {
          lists: Object.fromEntries(edits),
          set: Object.fromEntries(set),
          add: event.patch.add.filter((tag) => !before.tags.includes(tag)),
          remove: event.patch.remove.filter((tag) => before.tags.includes(tag)),
        },
      };
    });
  }
}

/** A list, where somebody made one list of another one. */
function edited(list: readonly string[], { was, is }: Edit): readonly string[] {
  const removed = was.filter((each) => !is.includes(each));
  const added = is.filter((each) => !was.includes(each));
  const left = list.filter((each) => !removed.includes(each));
  const all = [...left, ...added.filter((each) => !left.includes(each))];
  const isAppended = [...was.filter((each) => is.includes(each)), ...added].join() === is.join();
  if (isAppended) return all;
  return [...is.filter((each) => all.includes(each)), ...all.filter((each) => !is.includes(each))];
}

const patched = (state: State, { lists: edits, set, add, remove }: Patch): State => ({
  ...state,
  ...Object.fromEntries(lists.map((list) => [list, (edits[list] ?? []).reduce(edited, state[list])])),
  ...set,
  tags: [...new Set([...state.tags.filter((tag) => !remove.includes(tag)), ...add])],
});

const join = (first: Patch, then: Patch): Patch => ({
  ...none,
  lists: Object.fromEntries(
    lists.map((list) => [list, [...(first.lists[list] ?? []), ...(then.lists[list] ?? [])]]),
  ),
  set: { ...first.set, ...then.set },
  add: [...new Set([...first.add.filter((tag) => !then.remove.includes(tag)), ...then.add])],
  remove: [...new Set([...first.remove.filter((tag) => !then.add.includes(tag)), ...then.remove])],
});
