import { beforeAll, expect, test } from "vitest";
import { mutate } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { type Field, lists, Model, plain, type State } from "./merge.model.ts";

/** A contact without one of its merges is what the others alone would have made of it. */

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
  await organization.customField({ slug: "industry", type: "TEXT", slot: "text1" });
  for (const tag of tags) await organization.tag(tag);
});

const tags = ["t1", "t2", "t3", "t4"];
const shown =
  "id title company notes doNotContact allowPhoneCalls tags { name } customFields { slug value } email otherEmails phoneNumbers";

interface Shown extends Omit<State, "tags" | "industry" | "emails" | "phones"> {
  readonly id: string;
  readonly email: string | null;
  readonly otherEmails: string[];
  readonly phoneNumbers: string[];
  readonly tags: { name: string }[];
  readonly customFields: { slug: string; value: string }[];
}

const stateOf = ({
  id: _,
  tags: carried,
  customFields,
  email,
  otherEmails,
  phoneNumbers,
  ...columns
}: Shown): State => ({
  ...columns,
  emails: email === null ? otherEmails : [email, ...otherEmails],
  phones: phoneNumbers,
  industry: customFields[0]?.value ?? null,
  tags: carried.map(({ name }) => name).sort(),
});
const sorted = (state: State): State => ({ ...state, tags: state.tags.toSorted() });

const ask = <Payload>(field: string, selection: string) =>
  mutate<Payload>(organization.key, field, selection);
const merge = (primary: string, duplicates: readonly string[], choices = "") =>
  ask<{ contact: Shown; merge: { id: string } }>(
    `contactMerge(input: { primaryId: "${primary}", duplicateIds: ${JSON.stringify(duplicates)}, fieldChoices: [${choices}] })`,
    `contact { ${shown} } merge { id }`,
  );
const unmerge = (id: string) =>
  ask<{ contact: Shown | null; restored: Shown[]; leftAlone: { fields: string[] } | null }>(
    `contactUnmerge(mergeId: "${id}")`,
    `contact { ${shown} } restored { ${shown} } leftAlone { fields }`,
  );

test("whoever is still in it still must not be contacted, and what they share with who left stays", async () => {
  const of = (more: object) => organization.contact({ name: "N", ...more });
  const shared = { doNotContact: true, tags: ["t1"], company: "Both", phoneNumbers: ["+33612345678"] };
  const [a, b, c] = [await of({}), await of(shared), await of(shared)];
  const first = await merge(a.globalId, [b.globalId]);
  await merge(a.globalId, [c.globalId]);
  const { contact, restored, leftAlone } = await unmerge(first.merge.id);
  const kept = { doNotContact: true, company: "Both", tags: [{ name: "t1" }] };
  expect(contact).toMatchObject(kept);
  expect(restored).toMatchObject([{ id: b.globalId, ...kept }]);
  expect(leftAlone).toEqual({ fields: [] });
});

test("what somebody chose in a later merge holds when an earlier one is undone", async () => {
  const of = (more: object) => organization.contact({ name: "N", ...more });
  const [a, b, c] = [await of({}), await of({ title: "Of B" }), await of({ title: "Of C", notes: "Of C" })];
  const first = await merge(a.globalId, [b.globalId]);
  const choices = `{ field: TITLE, fromId: "${a.globalId}" } { field: NOTES, fromId: "${a.globalId}" }`;
  expect((await merge(a.globalId, [c.globalId], choices)).contact).toMatchObject({
    title: "Of B",
    notes: null,
  });
  expect((await unmerge(first.merge.id)).contact).toMatchObject({ title: null, notes: null });
});

test("records that moved from several duplicates go back to the duplicate that had them", async () => {
  const { prisma } = await testDatabase();
  const of = (name: string) => organization.contact({ name });
  const [primary, first, second] = [await of("Primary"), await of("First"), await of("Second")];
  await organization.deal({ contactId: primary.id });
  // The first has only what is locked last, the second what is locked before it as well.
  for (const { id: contactId } of [second, first]) {
    await organization.activity({ contactId });
    await organization.conversation({ contactId });
  }
  await organization.deal({ contactId: second.id });
  await organization.lead({
    status: "CONVERTED",
    convertedAt: new Date(),
    convertedContactId: second.id,
  });
  // An old id that leads to the second.
  const earlier = await of("Earlier");
  await merge(second.globalId, [earlier.globalId]);
  const where = { orgId: organization.id };
  const select = { id: true, contactId: true };
  const orderBy = { id: "asc" } as const;
  const hanging = async () => ({
    deals: await prisma.deal.findMany({ where, select, orderBy }),
    activities: await prisma.activity.findMany({ where, select, orderBy }),
    conversations: await prisma.conversation.findMany({ where, select, orderBy }),
    leads: await prisma.lead.findMany({ where, select: { id: true, convertedContactId: true }, orderBy }),
    merged: await prisma.contact.findMany({ where, select: { id: true, mergedIntoId: true }, orderBy }),
  });
  const before = await hanging();
  const merged = await merge(primary.globalId, [first.globalId, second.globalId]);
  const all = await hanging();
  const parents = [...all.deals, ...all.activities, ...all.conversations].map(({ contactId }) => contactId);
  expect(parents).toEqual(Array(6).fill(primary.id));
  expect(all.leads.map(({ convertedContactId }) => convertedContactId)).toEqual([primary.id]);
  const { restored, errors } = await unmerge(merged.merge.id);
  expect(errors).toEqual([]);
  expect(restored.map(({ id }) => id)).toEqual([first.globalId, second.globalId]);
  expect(await hanging()).toEqual(before);
});

test('a "do not contact" setting newer than a merge applies to all contacts when the merge is undone', async () => {
  const [a, b] = [await organization.contact({ name: "A" }), await organization.contact({ name: "B" })];
  const { merge: made } = await merge(a.globalId, [b.globalId]);
  await ask(`contactUpdate(id: "${a.globalId}", input: { doNotContact: true })`, "contact { id }");
  const { contact, restored } = await unmerge(made.id);
  expect([contact, ...restored].map((each) => each?.doNotContact)).toEqual([true, true]);
});

/** Numbers from 0 to below, the same each time: mulberry32. */
function dice(seed: number) {
  let state = seed * 0x9e3779b9;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const numbers = ["+33612345671", "+33612345672", "+33612345673"];
const names: Readonly<Record<string, string>> = { emails: "EMAIL", phones: "PHONE_NUMBERS" };

/** A change of a list as an input says it, and what comes of it. */
function relisted(
  name: "emails" | "phones",
  before: readonly string[],
  roll: (below: number) => number,
  fresh: () => string,
): { said: string; list: readonly string[] } {
  if (name === "phones") {
    const from = roll(3);
    const list = [...numbers.slice(from), ...numbers.slice(0, from)].slice(0, 1 + roll(3));
    return { said: `phoneNumbers: ${JSON.stringify(list)}`, list };
  }
  const [primary, ...others] = before;
  const one = others[roll(others.length || 1)];
  const how = roll(4);
  if (primary === undefined || one === undefined || (how === 0 && before.length < 15)) {
    const added = fresh();
    return { said: `otherEmails: { add: ["${added}"] }`, list: [...before, added] };
  }
  if (how < 2) {
    return { said: `otherEmails: { remove: ["${one}"] }`, list: before.filter((each) => each !== one) };
  }
  if (how === 2) {
    const swapped = before.map((each) => (each === one ? primary : each === primary ? one : each));
    return { said: `otherEmails: { makePrimary: "${one}" }`, list: swapped };
  }
  const replaced = fresh();
  return { said: `email: "${replaced}"`, list: [replaced, ...others] };
}

/** Merges that were undone while a later one of the same contact stayed. */
let overlapping = 0;

const people = 8;
const steps = 24;

test.each([1, 2, 3, 4, 5])(
  "a random sequence of merges, unmerges and changes is as the model has it: %i",
  async (seed) => {
    const roll = dice(seed);
    const some = <Item>(items: readonly Item[]): Item => items[roll(items.length)] as Item;
    let texts = 0;
    const text = () => `v${seed}-${++texts}`;
    const email = () => `e${seed}-${++texts}@unmerge.example`;
    const maybe = () => (roll(2) === 0 ? null : text());
    const bases = Array.from(
      { length: people },
      (): State => ({
        title: maybe(),
        company: maybe(),
        notes: maybe(),
        industry: maybe(),
        doNotContact: roll(3) === 0,
        allowPhoneCalls: roll(3) !== 0,
        tags: tags.filter(() => roll(3) === 0),
        emails: roll(4) === 0 ? [] : roll(2) === 0 ? [email()] : [email(), email()],
        phones: numbers.filter(() => roll(3) === 0),
      }),
    );
    const model = new Model(bases);
    const ids: string[] = [];
    for (const { industry, emails, phones, ...base } of bases) {
      const custom = industry === null ? {} : { industry };
      const [first = null, ...otherEmails] = emails;
      const reached = { email: first, otherEmails, phoneNumbers: [...phones] };
      ids.push((await organization.contact({ name: "N", ...base, ...reached, custom })).globalId);
    }
    const idOf = (at: number) => ids[at] as string;
    const live = () => ids.map((_, at) => at).filter(model.isLive);
    const merges: { id: string; primary: number; duplicates: number[] }[] = [];

    for (let step = 0; step < steps; step += 1) {
      const what = `seed ${seed}, step ${step}`;
      const kind = roll(4);
      const open = merges.filter(({ primary }) => model.isLive(primary));
      if (kind < 2 && live().length > 1) {
        // Mostly into the same two, so that their merges pile up.
        const primary = some(live().filter((at, _, all) => at < 2 || !all.some((each) => each < 2)));
        const others = live().filter((at) => at !== primary);
        const first = some(others);
        const duplicates = others.filter((at) => at === first || roll(6) === 0);
        const chosen = new Map<Field, number>();
        for (const field of [...plain, "industry", ...lists] as const) {
          if (field === "emails" || field === "phones") {
            // Who has none is no choice for what comes first.
            const having = [primary, ...duplicates].filter((at) => model.state(at)[field].length > 0);
            if (roll(3) === 0 && having.length > 0) chosen.set(field, some(having));
            continue;
          }
          if (roll(5) === 0) chosen.set(field, some([primary, ...duplicates]));
        }
        const choices = [...chosen].map(([field, from]) =>
          field === "industry"
            ? `{ customField: "industry", fromId: "${idOf(from)}" }`
            : `{ field: ${names[field] ?? field.toUpperCase()}, fromId: "${idOf(from)}" }`,
        );
        const answer = await merge(idOf(primary), duplicates.map(idOf), choices.join(" "));
        expect(answer.errors, what).toEqual([]);
        model.merge(primary, duplicates, answer.merge.id, chosen);
        merges.push({ id: answer.merge.id, primary, duplicates });
        expect(stateOf(answer.contact), what).toEqual(sorted(model.state(primary)));
      } else if (kind === 2 && open.length > 1) {
        const undone = some(open);
        const place = merges.indexOf(undone);
        merges.splice(place, 1);
        if (merges.slice(place).some(({ primary }) => primary === undone.primary)) overlapping += 1;
        const answer = await unmerge(undone.id);
        expect(answer.errors, what).toEqual([]);
        model.undo(undone.primary, undone.id);
        const now = [answer.contact as Shown, ...answer.restored].map(stateOf);
        expect(now, what).toEqual(
          [undone.primary, ...undone.duplicates].map((at) => sorted(model.state(at))),
        );
      } else {
        const at = some(live());
        const name = some([...plain, "doNotContact", "allowPhoneCalls", "tags", ...lists, "emails"] as const);
        if (name === "emails" || name === "phones") {
          const { said, list } = relisted(name, model.state(at)[name], roll, email);
          const changed = await ask<{ contact: Shown }>(
            `contactUpdate(id: "${idOf(at)}", input: { ${said} })`,
            `contact { ${shown} }`,
          );
          expect(changed.errors, what).toEqual([]);
          model.change(at, { [name]: list });
          expect(stateOf(changed.contact), what).toEqual(sorted(model.state(at)));
          continue;
        }
        const value =
          name === "tags"
            ? tags.filter(() => roll(2) === 0)
            : name === "doNotContact" || name === "allowPhoneCalls"
              ? roll(2) === 0
              : maybe();
        const said = name === "tags" ? `{ set: ${JSON.stringify(value)} }` : JSON.stringify(value);
        const answer = await ask<{ contact: Shown }>(
          `contactUpdate(id: "${idOf(at)}", input: { ${name}: ${said} })`,
          `contact { ${shown} }`,
        );
        expect(answer.errors, what).toEqual([]);
        model.change(at, { [name]: value });
        expect(stateOf(answer.contact), what).toEqual(sorted(model.state(at)));
      }
    }
  },
);

test("among them are merges that were undone while a later one stayed", () => {
  expect(overlapping).toBeGreaterThan(5);
});
