import type { Definition } from "../../src/db/read/catalogue.ts";
import { type ContactColumns, emptyContact } from "../../src/entities/contact/contact.row.ts";
import { freeSlot } from "../../src/entities/custom-field/slots.ts";
import type { CustomValueJson } from "../../src/filter/language/derive.ts";
import { newId } from "../../src/lib/typeid.ts";

/**
 * The people of the benchmark, the same every time. What a selective case looks for is there as often in a small
 * organization as in a large one, so that the two differ in what is around the answer and not in the answer.
 */

export interface Person {
  readonly columns: ContactColumns;
  /** Names of tags. */
  readonly tags: readonly string[];
  readonly createdAt: Date;
  readonly deletedAt: Date | null;
  readonly callCount: number;
  readonly lastCallAt: Date | null;
}

const DAY = 86_400_000;
const END = Date.UTC(2026, 5, 30);
const YEARS = 730 * DAY;

/** Contacts to whom the tag "focus" and the company of a case belong in each organization, by way of example. */
export const FOCUS_ROWS = 500;
export const COMPANY_ROWS = 100;
export const WORD_ROWS = 60;
export const PAIR_ROWS = 40;
/** Days over which renewals are spread in the large organization. */
export const RENEWAL_DAYS = 1000;
export const RENEWAL_START = Date.UTC(2026, 0, 1);

const industries = (
  "Technology Finance Health Retail Energy Media Travel Food Law Sports " +
  "Education Logistics Farming Mining Textiles Chemistry Aviation Shipping Housing Arts"
).split(" ");
const interests = "Price Support Speed Privacy Design Training Reports Import Export Mobile Teams API".split(
  " ",
);
const sources = ["Website", "Referral", "LinkedIn", "Event", "Partner", "Cold call"];
const sourceEnds = [0.4, 0.65, 0.8, 0.9, 0.97, 1];
const cities = ["Paris", "London", "Berlin", "Madrid", "Rome", "Lyon", "Oslo", "Vienna", "Lisbon", "Dublin"];
const titles = [
  "Engineer",
  "Buyer",
  "Director",
  "Founder",
  "Analyst",
  "Manager",
  "Assistant",
  "Head of sales",
];
const kinds = ["Labs", "Group", "Partners", "Works"];
const starts = [
  "Al",
  "Be",
  "Ca",
  "Da",
  "El",
  "Fa",
  "Gi",
  "Ho",
  "Is",
  "Jo",
  "Ka",
  "Le",
  "Ma",
  "No",
  "Ol",
  "Pe",
];
const middles = ["ra", "mi", "lo", "ne", "vi", "sa", "do", "te", "ku", "ri"];
const ends = ["n", "s", "l", "r", "nd", "ck", "tt", "ss", "m", "x"];

/** Tags of 2 % each beside those that the cases name. */
export const eventTags = Array.from({ length: 20 }, (_, at) => `event-${at + 1}`);
export const tagNames = ["newsletter", "customer", "focus", "unicorn", "legacy", ...eventTags];

const fields = [
  ["industry", "SELECT", industries],
  ["reference", "TEXT", []],
  ["slogan", "TEXT", []],
  ["score", "NUMBER", []],
  ["revenue", "NUMBER", []],
  ["renewal_on", "DATE", []],
  ["key_account", "BOOLEAN", []],
  ["interests", "MULTI_SELECT", interests],
] as const;

/** Eight custom fields, with slots as the product gives them. */
export function makeDefinitions(): Definition[] {
  const definitions: Definition[] = [];
  for (const [slug, type, options] of fields) {
    definitions.push({
      id: newId(),
      entity: "CONTACT",
      slug,
      name: slug,
      type,
      options,
      folderId: null,
      position: definitions.length,
      slot: freeSlot(type, definitions),
      unique: false,
    });
  }
  return definitions;
}

/** A number from 0 up to 1 that looks random, of a row and what it is for. */
function chance(row: number, purpose: number): number {
  let mixed = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(purpose + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
}

const pick = <Item>(items: readonly Item[], row: number, purpose: number): Item =>
  items[Math.floor(chance(row, purpose) * items.length)] as Item;

const word = (row: number, purpose: number): string =>
  pick(starts, row, purpose) +
  pick(middles, row, purpose + 1) +
  pick(middles, row, purpose + 2) +
  pick(ends, row, purpose + 3);

/** Whether a row is one of so many that are spread evenly over an organization. */
const oneOf = (count: number, row: number, size: number, shift: number): boolean =>
  row % Math.floor(size / count) === shift && row < Math.floor(size / count) * count;

/** The text under which one contact of the organization is known elsewhere. */
export const referenceOf = (row: number): string =>
  `REF-${(row * 7919 + 1_000_003).toString(36).toUpperCase()}`;

/**
 * One contact of an organization.
 *
 * @param row from 0, oldest first
 * @param size how many contacts the organization has
 */
export function makePerson(row: number, size: number, owners: readonly string[]): Person {
  const createdAt = new Date(END - YEARS + Math.floor(((row + chance(row, 0)) / size) * YEARS));
  const [first, plain] = [word(row, 1), word(row, 5)];
  // A pair of letters that no other text has, for short terms that few rows match.
  const last = oneOf(PAIR_ROWS, row, size, 11) ? `${plain} Xq` : plain;
  const company = `Corp${String(Math.floor(chance(row, 9) * (size / COMPANY_ROWS))).padStart(4, "0")}`;
  const sourceAt = chance(row, 10);
  const custom: Record<string, CustomValueJson> = {
    industry: pick(industries, row, 11),
    reference: referenceOf(row),
    slogan: `${word(row, 12)} ${oneOf(WORD_ROWS, row, size, 5) ? "quokka" : word(row, 16)} ${word(row, 20)}`,
    score: Math.floor(chance(row, 24) * 1_000_000) / 100,
    renewal_on: new Date(RENEWAL_START + Math.floor(chance(row, 25) * RENEWAL_DAYS) * DAY)
      .toISOString()
      .slice(0, 10),
    key_account: chance(row, 26) < 0.1,
  };
  if (chance(row, 27) < 0.7) custom.revenue = Math.floor(Math.exp(chance(row, 28) * 10) * 100);
  const likes = interests.filter((_, at) => chance(row, 30 + at) < 0.12);
  if (likes.length > 0) custom.interests = likes;
  const tags = [
    ...(chance(row, 50) < 0.29 ? ["newsletter"] : []),
    ...(chance(row, 51) < 0.05 ? ["customer"] : []),
    ...(oneOf(FOCUS_ROWS, row, size, 3) ? ["focus"] : []),
    ...(row === Math.floor(size / 2) ? ["unicorn"] : []),
    ...(row < size * 0.05 ? ["legacy"] : []),
    ...eventTags.filter((_, at) => chance(row, 60 + at) < 0.02),
  ];
  const called = chance(row, 52) < 0.3;
  return {
    columns: {
      ...emptyContact,
      name: `${first} ${last}`,
      firstName: first,
      lastName: last,
      email: `${first}.${plain}.${row}@${company.toLowerCase()}.example`,
      phoneNumbers: chance(row, 53) < 0.8 ? [`+336${10_000_000 + row}`] : [],
      company: `${company} ${pick(kinds, row, 54)}`,
      title: pick(titles, row, 55),
      city: pick(cities, row, 56),
      country: "FR",
      source: sources[sourceEnds.findIndex((end) => sourceAt < end)] ?? null,
      notes:
        chance(row, 57) < 0.4 ? `${word(row, 80)} asked about ${word(row, 84)} and will call again.` : null,
      ownerId: chance(row, 58) < 0.9 ? pick(owners, row, 59) : null,
      custom,
    },
    tags,
    createdAt,
    deletedAt: chance(row, 49) < 0.02 ? new Date(END + DAY) : null,
    callCount: called ? Math.ceil(chance(row, 48) * 5) : 0,
    lastCallAt: called ? new Date(createdAt.getTime() + chance(row, 47) * 90 * DAY) : null,
  };
}
