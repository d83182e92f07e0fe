import { encodeId } from "../../../src/db/ids.ts";
import { deriveLead, emptyLead } from "../../../src/entities/lead/lead.row.ts";
import { newId } from "../../../src/lib/typeid.ts";
import { testDatabase } from "../../support/database.ts";
import { Organization } from "../../support/makers.ts";
import { customFields, keyFields, options, type Row } from "./model.ts";
import { type Planned, planned, tagNames } from "./rows.ts";
import { type Listed, OWNERS } from "./seen.ts";

/** Random records in the database, and the same records for the reference evaluator. */

export interface World {
  readonly organization: Organization;
  /** The live contacts, in the order in which they were inserted. */
  readonly rows: readonly Row[];
  /** All records of the lists, as seen by a member who sees all data. */
  readonly listed: Listed;
  /** A restricted member. */
  readonly restricted: { readonly id: string; readonly key: string };
  readonly memberIds: readonly string[];
  readonly memberEmails: readonly string[];
  readonly tagIds: readonly string[];
  /** Ids of contacts, some in the trash and some of another organization. */
  readonly contactIds: readonly string[];
}

type Member = { readonly id: string; readonly key: string; readonly row: Row };
type MadeLead = {
  readonly id: string;
  readonly trashed: boolean;
  readonly row: { readonly [name: string]: unknown; readonly deals: Row[] };
};
type Tag = { readonly id: string; readonly row: { readonly name: string; readonly id: string } };

/**
 * Inserts rows for the tests of a file: rows to be found, rows in the trash, and copies in another organization.
 *
 * @param nows moments of queries; the dates of rows are close to them
 */
export async function plant(
  seed: number,
  nows: readonly number[],
  { live = 100, trashed = 20, copies = 40 } = {},
): Promise<World> {
  const plans = planned(seed, live + trashed, nows);
  const planter = await Planter.make();
  const rows: Row[] = [];
  const gone: string[] = [];
  for (const [index, plan] of plans.entries()) {
    const row = await planter.contact(plan, index >= live);
    if (index < live) rows.push(row);
    else gone.push(String(row.id));
  }
  const other = await Planter.make();
  const others: string[] = [];
  for (const plan of plans.slice(0, copies)) others.push(String((await other.contact(plan, false)).id));
  // Autovacuum would do this soon. Without statistics, PostgreSQL compiles every statement with LLVM.
  await (await testDatabase()).prisma.$executeRawUnsafe("ANALYZE");
  const { organization, members, tags, leads, deals } = planter;
  const [, member] = members;
  return {
    organization,
    rows,
    listed: { contact: rows, lead: leads, deal: deals },
    restricted: { id: String(member?.row.id), key: member?.key ?? "" },
    memberIds: members.map(({ row }) => String(row.id)),
    memberEmails: members.map(({ row }) => String(row.email)),
    tagIds: tags.map(({ row }) => row.id),
    contactIds: [
      ...rows.slice(0, 12).map(({ id }) => String(id)),
      ...gone.slice(0, 2),
      ...others.slice(0, 2),
    ],
  };
}

const date = (text: string | null) => (text === null ? null : new Date(text));

class Planter {
  /** The leads of the list: live ones; deals also if they are with a record in the trash. */
  readonly leads: Row[] = [];
  readonly deals: Row[] = [];

  private constructor(
    readonly organization: World["organization"],
    readonly members: readonly Member[],
    readonly tags: readonly Tag[],
  ) {}

  static async make(): Promise<Planter> {
    const organization = await Organization.make();
    for (const { slug, type, slot } of customFields) {
      const chosen = type.endsWith("SELECT") ? [...options] : [];
      await organization.customField({ slug, type, slot, options: chosen });
    }
    const members: Member[] = [];
    for (const role of ["ADMIN", "MEMBER", "READ_ONLY"] as const) {
      const dataScope = role === "MEMBER" ? "ASSIGNED" : "ALL";
      const { id, globalId, email, key } = await organization.member({ role, dataScope });
      members.push({ id, key, row: { id: globalId, role, email } });
    }
    const tags: Tag[] = [];
    for (const name of tagNames) {
      const id = await organization.tag(name);
      tags.push({ id, row: { name, id: encodeId("Tag", id) } });
    }
    return new Planter(organization, members, tags);
  }

  #owner = (index: number | null) => (index === null ? null : (this.members[index] ?? null));
  #ownerId = (index: number | null) => this.#owner(index)?.row.id ?? null;
  /** The texts by which filters may name tags: names and ids. */
  #tagTexts = (names: readonly string[]) =>
    this.tags.filter(({ row }) => names.includes(row.name)).flatMap(({ row }) => [row.name, row.id]);

  async contact(plan: Planned, trashed: boolean): Promise<Row> {
    const { owner, phone, keys, deals, activities, conversations, leads, lastCallAt, createdAt, ...plain } =
      plan;
    const { id, globalId } = await this.organization.contact({
      ...plain,
      ...keys,
      custom: plan.custom as never,
      phoneNumbers: phone,
      ownerId: this.#owner(owner)?.id ?? null,
      createdAt: new Date(createdAt),
      ...(lastCallAt !== null && { lastCallAt: new Date(lastCallAt) }),
      ...(trashed && { deletedAt: new Date("2026-01-01T00:00:00Z") }),
    });
    const row: Record<string, unknown> = {
      ...plain,
      ...Object.fromEntries(keyFields.map((name) => [name, keys[name] ?? null])),
      id: globalId,
      // A filter may match any of them.
      email: plan.email === null ? null : [plan.email, ...plan.otherEmails],
      phone,
      tags: this.#tagTexts(plan.tags),
      owner: this.#owner(owner)?.row ?? null,
      createdAt,
      updatedAt: createdAt,
      lastCallAt,
      [OWNERS]: [this.#ownerId(owner)],
    };
    const made = await this.#leads(leads, id);
    row.leads = made.filter((lead) => !lead.trashed).map((lead) => lead.row);
    row.deals = await this.#deals(deals, { id, row, trashed }, made[0]);
    row.activities = await this.#activities(activities, { contactId: id }, row);
    row.conversations = await this.#conversations(conversations, id, row);
    return row;
  }

  async #leads(plans: Planned["leads"], contactId: string): Promise<MadeLead[]> {
    const made: MadeLead[] = [];
    const { prisma } = await testDatabase();
    for (const { owner, money, tags, trashed, createdAt, ...plain } of plans) {
      const id = newId();
      const tagIds = this.tags
        .filter(({ row }) => (tags as readonly string[]).includes(row.name))
        .map((tag) => tag.id);
      const columns = {
        ...emptyLead,
        name: plain.name,
        company: plain.company,
        source: plain.source,
        dealValue: money?.[0] ?? null,
        dealCurrency: money?.[1] ?? null,
        ownerId: this.#owner(owner)?.id ?? null,
      };
      const data = {
        ...columns,
        ...deriveLead(columns as never, []),
        orgId: this.organization.id,
        id,
        status: plain.status,
        tagIds,
        convertedAt: new Date(createdAt),
        convertedContactId: contactId,
        createdAt: new Date(createdAt),
        updatedAt: new Date(createdAt),
        deletedAt: trashed ? new Date("2026-01-01T00:00:00Z") : null,
      };
      await prisma.lead.create({ data: data as never });
      const { orgId } = data;
      await prisma.leadTag.createMany({ data: tagIds.map((tagId) => ({ orgId, leadId: id, tagId })) });
      const row = {
        ...plain,
        id: encodeId("Lead", id),
        email: null,
        notes: null,
        phone: [],
        dealValue: columns.dealValue,
        currency: columns.dealCurrency,
        lastModificationSource: "API",
        tags: this.#tagTexts(tags),
        owner: this.#owner(owner)?.row ?? null,
        createdAt,
        updatedAt: createdAt,
        deals: [] as Row[],
        activities: [],
        [OWNERS]: [this.#ownerId(owner)],
      };
      made.push({ id, row, trashed });
      if (!trashed) this.leads.push(row);
    }
    return made;
  }

  /** @param lead which the first of them came from */
  async #deals(
    plans: Planned["deals"],
    contact: { readonly id: string; readonly row: Row; readonly trashed: boolean },
    lead: MadeLead | undefined,
  ): Promise<Row[]> {
    const rows: Row[] = [];
    for (const { owner, activities, createdAt, expectedCloseOn, ...plain } of plans) {
      const from = rows.length === 0 ? lead : undefined;
      const { id, globalId } = await this.organization.deal({
        ...plain,
        contactId: contact.id,
        leadId: from?.id ?? null,
        ownerId: this.#owner(owner)?.id ?? null,
        expectedCloseOn: date(expectedCloseOn),
        createdAt: new Date(createdAt),
        updatedAt: new Date(createdAt),
      });
      const row = {
        ...plain,
        id: globalId,
        expectedCloseOn,
        createdAt,
        updatedAt: createdAt,
        owner: this.#owner(owner)?.row ?? null,
        contact: contact.trashed ? null : contact.row,
        lead: from && !from.trashed ? from.row : null,
        [OWNERS]: [
          this.#ownerId(owner),
          ...[contact.row, ...(from ? [from.row] : [])].flatMap((each) => each[OWNERS] as string[]),
        ],
      };
      const made = { ...row, activities: await this.#activities(activities, { dealId: id }, row) };
      rows.push(made);
      this.deals.push(made);
      from?.row.deals.push(made);
    }
    return rows;
  }

  async #activities(plans: Planned["activities"], parent: object, of: Row): Promise<Row[]> {
    const rows: Row[] = [];
    for (const { author, occurredAt, ...plain } of plans) {
      const { globalId } = await this.organization.activity({
        ...plain,
        ...parent,
        occurredAt: new Date(occurredAt),
        authorId: this.#owner(author)?.id ?? null,
      });
      const made = { ...plain, id: globalId, occurredAt, author: this.#owner(author)?.row ?? null };
      rows.push({ ...made, [OWNERS]: of[OWNERS] });
    }
    return rows;
  }

  async #conversations(plans: Planned["conversations"], contactId: string, of: Row): Promise<Row[]> {
    const rows: Row[] = [];
    for (const { lastMessageAt, ...plain } of plans) {
      const { globalId } = await this.organization.conversation({
        ...plain,
        contactId,
        lastMessageAt: new Date(lastMessageAt),
      });
      rows.push({ ...plain, id: globalId, lastMessageAt, [OWNERS]: of[OWNERS] });
    }
    return rows;
  }
}
