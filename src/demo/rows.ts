import { derive } from "../filter/language/derive.ts";
import "../entities/contact/contact.fields.ts";
import "../entities/lead/lead.fields.ts";
import type { Definition } from "../filter/registry/fields.ts";
import { orderKey } from "../lib/accents.ts";
import { emailKeys } from "../lib/email.ts";
import { fold } from "../lib/fold.ts";
import { customValues } from "./custom-values.ts";
import { DAY, Dice, day, iso, TODAY } from "./dice.ts";
import { demoLists, demoValues } from "./lists.ts";
import * as words from "./words.ts";

/**
 * The rows of the demo organizations. Random choices come from a generator with a fixed seed, and days count back
 * from a fixed one, so that they are the same everywhere.
 */

/** Rows of one table by column name, as `jsonb_populate_recordset` takes them. */
export type DemoRows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** How many rows of each kind. */
export interface DemoSize {
  readonly contacts: number;
  readonly leads: number;
  readonly deals: number;
  readonly activities: number;
  readonly conversations: number;
}

/** The key of the organization that a seed makes. */
export const organizationId = (seed: number): string => new Dice(seed).id(TODAY - 1_000 * DAY);

/** The rows of a demo organization, in the order in which foreign keys let them be inserted. */
export function demoRows(name: string, seed: number, size: DemoSize): DemoRows {
  const dice = new Dice(seed);
  const orgId = dice.id(TODAY - 1_000 * DAY);
  const stamp = (at: number) => ({ org_id: orgId, created_at: iso(at), updated_at: iso(at) });
  const begin = TODAY - 900 * DAY;

  const users = words.people.map((person) => {
    const slug = name.toLowerCase().replace(/[^a-z]+/g, "");
    const email = `${person.name.split(" ")[0]?.toLowerCase()}@${slug}.example`;
    return {
      id: dice.id(begin),
      name: person.name,
      email,
      email_key: email,
      created_at: iso(begin),
      updated_at: iso(begin),
    };
  });
  const members = users.map((user, at) => {
    const { role, dataScope } = words.people[at] as (typeof words.people)[number];
    return { ...stamp(begin), id: dice.id(begin), user_id: user.id, role, data_scope: dataScope };
  });
  const memberIds = members.map((member) => member.id);
  const tags = words.tags.map(([tag, color]) => ({
    ...stamp(begin),
    id: dice.id(begin),
    name: tag,
    name_key: tag,
    color,
  }));
  const folders = words.folders.map((folder, position) => ({
    ...stamp(begin),
    id: dice.id(begin),
    entity: "CONTACT",
    name: folder,
    position,
  }));
  const definitions = words.customFields.map(
    ({ folder, ...field }, position): Definition => ({
      ...field,
      unique: false,
      id: dice.id(begin),
      position,
      folderId: folder === null ? null : (folders[folder]?.id ?? null),
    }),
  );
  const of = (entity: string) => definitions.filter((definition) => definition.entity === entity);

  const makePerson = () => {
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
  };
  const phone = () => `${dice.pick(words.dialCodes)}${dice.whole(200_000_000, 799_999_999)}`;

  const contacts = Array.from({ length: size.contacts }, (_, at) => {
    const person = makePerson();
    const created = dice.moment(860);
    const place = dice.pick(words.places);
    const phones = dice.chance(0.8) ? Array.from({ length: dice.chance(0.15) ? 2 : 1 }, phone) : [];
    const calls = dice.chance(0.4) ? dice.whole(1, 12) : 0;
    // The number keeps addresses apart where names repeat.
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
    const custom = customValues(dice, of("CONTACT"));
    const derived = derive("CONTACT", { ...fields(texts), custom }, of("CONTACT"));
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

  const leads = Array.from({ length: size.leads }, (_, at) => {
    const person = makePerson();
    const created = dice.moment(300);
    const value = dice.chance(0.7) ? (dice.whole(5, 900) * 100).toFixed(2) : null;
    const number = dice.chance(0.7) ? phone() : null;
    const custom = customValues(dice, of("LEAD"));
    const texts = {
      name: person.name,
      email: dice.chance(0.9) ? `${person.local}.l${at}@${person.domain}` : null,
      company: person.company,
      source: person.source,
      notes: dice.chance(0.2) ? dice.pick(words.notes) : null,
    };
    const currency = value === null ? null : dice.pick(words.currencies, 2);
    const derived = derive("LEAD", { ...texts, phone: number, dealCurrency: currency, custom }, of("LEAD"));
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

  const deals = Array.from({ length: size.deals }, () => {
    const created = dice.moment(500);
    const onLead = dice.chance(0.1);
    const status = dice.pick(["OPEN", "WON", "LOST"] as const, 1.3);
    const parent = onLead ? dice.pick(leads) : dice.pick(contacts, 1.5);
    const name = `${parent.company ?? parent.name}: ${dice.pick(words.dealKinds)}`;
    const stage =
      status === "OPEN" ? dice.pick(words.stages) : status === "WON" ? "Closed won" : "Closed lost";
    return {
      ...stamp(created),
      id: dice.id(created),
      name,
      name_key: orderKey(fold(name)),
      stage_key: orderKey(fold(stage)),
      value: `${dice.whole(5, 4_000) * 50}.${dice.chance(0.2) ? "50" : "00"}`,
      currency: dice.pick(words.currencies, 2),
      stage,
      status,
      expected_close_on: dice.chance(0.8) ? day(created + dice.whole(10, 120) * DAY) : null,
      contact_id: onLead ? null : parent.id,
      lead_id: onLead ? parent.id : null,
      owner_id: parent.owner_id,
      version: 1,
    };
  });

  const activities = Array.from({ length: size.activities }, (_, at) => {
    const occurred = dice.moment(400);
    const kind = dice.pick(["EMAIL", "CALL", "NOTE", "MEETING", "TASK", "SMS"] as const, 1.4);
    // One contact has far more than the others, as there always is.
    const contact = at < size.activities / 30 ? contacts[0] : dice.pick(contacts, 1.3);
    const onLead = at >= size.activities / 30 && dice.chance(0.1);
    return {
      ...stamp(occurred),
      id: dice.id(occurred),
      kind,
      occurred_at: iso(occurred),
      subject: dice.pick(words.subjects[kind]),
      body: dice.chance(0.3) ? dice.pick(words.notes) : null,
      duration_seconds: kind === "CALL" || kind === "MEETING" ? dice.whole(1, 60) * 30 : null,
      contact_id: onLead ? null : contact?.id,
      lead_id: onLead ? dice.pick(leads).id : null,
      deal_id: null,
      author_id: dice.pick(memberIds),
    };
  });

  const conversations = Array.from({ length: size.conversations }, (_, at) => {
    const last = dice.moment(200);
    const channel = dice.pick(["EMAIL", "SMS", "CHAT", "WHATSAPP", "LINKEDIN", "CALL"] as const, 1.4);
    return {
      ...stamp(last - dice.whole(0, 30) * DAY),
      id: dice.id(last),
      contact_id: dice.pick(contacts).id,
      channel,
      subject: dice.pick(words.subjects.EMAIL),
      url: `https://inbox.example/threads/${at + 1}`,
      last_message_at: iso(last),
    };
  });

  const carried = (
    rows: readonly { id: string; tag_ids: readonly string[]; created_at: string }[],
    column: string,
  ) =>
    rows.flatMap((row) =>
      row.tag_ids.map((tagId) => ({
        org_id: orgId,
        [column]: row.id,
        tag_id: tagId,
        created_at: row.created_at,
      })),
    );
  return {
    app_user: users,
    member: members,
    tag: tags,
    custom_field_folder: folders,
    custom_field: definitions.map(({ folderId, ...definition }) => ({
      ...stamp(begin),
      ...definition,
      folder_id: folderId,
    })),
    contact: contacts,
    contact_email: contacts.flatMap(({ id, email, other_emails: otherEmails }) =>
      emailKeys({ email, otherEmails }).map((key) => ({ org_id: orgId, email_key: key, contact_id: id })),
    ),
    lead: leads,
    contact_tag: carried(contacts, "contact_id"),
    lead_tag: carried(leads, "lead_id"),
    deal: deals,
    activity: activities,
    conversation: conversations,
    smart_list: demoLists.map((list, position) => ({
      ...stamp(begin),
      id: dice.id(begin),
      order: [],
      ...list,
      position,
      version: 1,
    })),
    custom_value: Object.entries(demoValues).map(([key, value]) => ({
      ...stamp(begin),
      id: dice.id(begin),
      key,
      value,
    })),
  };
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The table's names of columns to Prisma's: `phone_numbers` to `phoneNumbers`. */
const fields = (row: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );

/** Prisma's names of derived columns to the table's: `emailKey` to `email_key`, `number3` to `number_3`. */
const columns = (derived: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(derived).map(([name, value]) => [snake(name).replace(/(\D)(\d)$/, "$1_$2"), value]),
  );
