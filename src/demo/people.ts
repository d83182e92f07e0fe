import { derive } from "../filter/language/derive.ts";
import "../entities/contact/contact.fields.ts";
import "../entities/lead/lead.fields.ts";
import type { Definition } from "../filter/registry/fields.ts";
import { customValues } from "./custom-values.ts";
import { DAY, type Dice, iso, TODAY } from "./dice.ts";
import * as words from "./words.ts";

/** The contacts and leads of a demo organization. */

/** Random choices, and the data that the records of a demo organization refer to. */
export interface DemoWorld {
  readonly dice: Dice;
  readonly tags: readonly { readonly id: string }[];
  readonly memberIds: readonly string[];
  readonly definitions: readonly Definition[];
  /** The columns that every row has, for a row created at this moment. */
  stamp(at: number): { org_id: string; created_at: string; updated_at: string };
}

function makePerson({ dice, tags }: DemoWorld) {
  const firstName = dice.pick(words.firstNames);
  const lastName = dice.pick(words.lastNames);
  const company = dice.chance(0.93)
    ? `${dice.pick(words.companyStems)} ${dice.pick(words.companyKinds)}`
    : null;
  const domain = company ? `${company.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.example` : "mail.example";
  const tagIds = dice.some(tags, 4, 1.7).map((tag) => tag.id);
  const local = `${firstName}.${lastName}`
    .normalize("NFD")
    .replace(/[^a-zA-Z.]/g, "")
    .toLowerCase();
  const source = dice.chance(0.85) ? dice.pick(words.sources, 1.4) : null;
  return { firstName, lastName, name: `${firstName} ${lastName}`, company, domain, local, tagIds, source };
}

const phone = ({ dice }: DemoWorld) => `${dice.pick(words.dialCodes)}${dice.whole(200_000_000, 799_999_999)}`;

/** The contacts, as rows of their table. */
export function demoContacts(world: DemoWorld, count: number) {
  const { dice, memberIds, stamp } = world;
  const definitions = world.definitions.filter(({ entity }) => entity === "CONTACT");
  return Array.from({ length: count }, (_, at) => {
    const person = makePerson(world);
    const created = dice.moment(860);
    const place = dice.pick(words.places);
    const phones = dice.chance(0.8)
      ? Array.from({ length: dice.chance(0.15) ? 2 : 1 }, () => phone(world))
      : [];
    const calls = dice.chance(0.4) ? dice.whole(1, 12) : 0;
    // The number makes addresses unique where names repeat.
    const email = dice.chance(0.92) || phones.length === 0 ? `${person.local}${at}@${person.domain}` : null;
    const texts = {
      name: person.name,
      first_name: person.firstName,
      last_name: person.lastName,
      email,
      // One in eight has a private address as well.
      other_emails: email !== null && at % 8 === 3 ? [`${person.local}.${at}@home.example`] : [],
      phone_numbers: phones,
      company: person.company,
      title: dice.chance(0.85) ? dice.pick(words.titles) : null,
      ...(dice.chance(0.7) ? { ...place, street: `${dice.whole(1, 240)} ${dice.pick(words.streets)}` } : {}),
      url: person.company && dice.chance(0.5) ? `https://www.${person.domain}` : null,
      linkedin_url: dice.chance(0.5)
        ? `https://linkedin.com/in/${person.local.replace(".", "-")}-${at}`
        : null,
      source: person.source,
      notes: dice.chance(0.25) ? dice.pick(words.notes) : null,
    };
    const custom = customValues(dice, definitions);
    const derived = derive("CONTACT", { ...fields(texts), custom }, definitions);
    return {
      ...stamp(created),
      ...texts,
      ...columns(derived),
      id: dice.id(created),
      custom,
      tag_ids: person.tagIds,
      allow_phone_calls: dice.chance(0.9),
      do_not_contact: dice.chance(0.04),
      owner_id: dice.chance(0.75) ? dice.pick(memberIds) : null,
      call_count: calls,
      last_call_at: calls > 0 ? iso(dice.moment(200)) : null,
      last_modification_source: dice.pick(["API", "IMPORT", "HUBSPOT", "SKIPCALL", "PIPEDRIVE"], 2),
      version: 1,
      updated_at: iso(Math.min(TODAY, created + dice.whole(0, 60) * DAY)),
    };
  });
}

/** The leads, as rows of their table. */
export function demoLeads(world: DemoWorld, count: number) {
  const { dice, memberIds, stamp } = world;
  const definitions = world.definitions.filter(({ entity }) => entity === "LEAD");
  return Array.from({ length: count }, (_, at) => {
    const person = makePerson(world);
    const created = dice.moment(300);
    const value = dice.chance(0.7) ? (dice.whole(5, 900) * 100).toFixed(2) : null;
    const number = dice.chance(0.7) ? phone(world) : null;
    const custom = customValues(dice, definitions);
    const texts = {
      name: person.name,
      email: dice.chance(0.9) ? `${person.local}.l${at}@${person.domain}` : null,
      company: person.company,
      source: person.source,
      notes: dice.chance(0.2) ? dice.pick(words.notes) : null,
    };
    const currency = value === null ? null : dice.pick(words.currencies, 2);
    const derived = derive("LEAD", { ...texts, phone: number, dealCurrency: currency, custom }, definitions);
    return {
      ...stamp(created),
      ...texts,
      ...columns(derived),
      id: dice.id(created),
      phone: number,
      custom,
      tag_ids: person.tagIds,
      status: dice.pick(["NEW", "CONTACTED", "QUALIFIED", "UNQUALIFIED"], 1.5),
      deal_value: value,
      deal_currency: currency,
      owner_id: dice.chance(0.7) ? dice.pick(memberIds) : null,
      last_modification_source: dice.pick(["API", "IMPORT", "HUBSPOT"], 2),
      version: 1,
    };
  });
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Converts the table's column names to Prisma's: `phone_numbers` to `phoneNumbers`. */
const fields = (row: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );

/** Converts Prisma's names of derived columns to the table's: `emailKey` to `email_key`, `number3` to `number_3`. */
const columns = (derived: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(derived).map(([name, value]) => [snake(name).replace(/(\D)(\d)$/, "$1_$2"), value]),
  );
