import { randomBytes } from "node:crypto";
import { createKey } from "../../src/auth/key.ts";
import { encodeId, type IdType } from "../../src/db/ids.ts";
import { type ContactColumns, deriveContact, emptyContact } from "../../src/entities/contact/contact.row.ts";
import "../../src/entities/deal/deal.fields.ts";
import { emptyLead } from "../../src/entities/lead/lead.row.ts";
import { derive, deriveTexts } from "../../src/filter/language/derive.ts";
import type { Definition } from "../../src/filter/registry/fields.ts";
import type { DataScope, MemberRole, OrganizationMode } from "../../src/generated/prisma/enums.ts";
import { tagKey } from "../../src/lib/accents.ts";
import { emailKeys } from "../../src/lib/email.ts";
import { newId } from "../../src/lib/typeid.ts";
import { testDatabase } from "./database.ts";

/** Inserts rows directly, checked only by the database's constraints, so that tests can have any data. */

interface MemberOptions {
  readonly role?: MemberRole;
  readonly dataScope?: DataScope;
  readonly scopes?: ("READ" | "WRITE" | "ADMIN")[];
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
}

let counter = 0;

export class Organization {
  /** The key of its owner. */
  key = "";
  readonly definitions: Definition[] = [];
  readonly #tags = new Map<string, string>();

  private constructor(
    readonly id: string,
    readonly mode: OrganizationMode,
  ) {}

  static async make(mode: OrganizationMode = "TEST"): Promise<Organization> {
    const { prisma } = await testDatabase();
    const id = newId();
    counter += 1;
    await prisma.organization.create({
      data: { id, name: `Organization ${counter}`, mode, cursorSecret: new Uint8Array(randomBytes(32)) },
    });
    const organization = new Organization(id, mode);
    organization.key = (await organization.member({ role: "OWNER" })).key;
    return organization;
  }

  get globalId(): string {
    return encodeId("Organization", this.id);
  }

  async member({ role = "MEMBER", dataScope = "ALL", scopes = ["ADMIN"], ...dates }: MemberOptions = {}) {
    const { prisma } = await testDatabase();
    const userId = newId();
    const memberId = newId();
    const email = `user-${userId}@example.com`;
    await prisma.user.create({
      data: { id: userId, name: `User ${userId.slice(-6)}`, email, emailKey: email },
    });
    await prisma.member.create({ data: { orgId: this.id, id: memberId, userId, role, dataScope } });
    const { key, ...row } = createKey(this.mode);
    await prisma.apiKey.create({
      data: {
        ...row,
        ...dates,
        orgId: this.id,
        memberId,
        name: "Test",
        scopes,
        lastUsedAt: new Date(),
      },
    });
    return { id: memberId, globalId: encodeId("Member", memberId), key, keyId: row.id, userId, email };
  }

  async customField(field: Partial<Definition> & Pick<Definition, "slug" | "type">): Promise<Definition> {
    const { prisma } = await testDatabase();
    const definition: Definition = {
      id: newId(),
      entity: "CONTACT",
      name: field.slug,
      options: [],
      folderId: null,
      position: this.definitions.length,
      slot: null,
      unique: false,
      ...field,
    };
    this.definitions.push(definition);
    await prisma.customField.create({
      data: { ...definition, options: [...definition.options], orgId: this.id },
    });
    return definition;
  }

  /** The id of the tag with this name, which is created on first use. */
  async tag(name: string, id = newId()): Promise<string> {
    const known = this.#tags.get(name);
    if (known !== undefined) return known;
    const { prisma } = await testDatabase();
    this.#tags.set(name, id);
    await prisma.tag.create({ data: { orgId: this.id, id, name, nameKey: tagKey(name) } });
    return id;
  }

  async contact(
    columns: Partial<ContactColumns> & {
      tags?: readonly string[];
      createdAt?: Date;
      deletedAt?: Date;
      callCount?: number;
      lastCallAt?: Date;
      id?: string;
    } = {},
  ): Promise<{ id: string; globalId: string }> {
    const { prisma } = await testDatabase();
    const {
      tags = [],
      createdAt = new Date(),
      deletedAt,
      callCount,
      lastCallAt,
      id = newId(),
      ...given
    } = columns;
    const contact: ContactColumns = { ...emptyContact, name: `Contact ${id.slice(-6)}`, ...given };
    const tagIds = [];
    for (const name of tags) tagIds.push(await this.tag(name));
    await prisma.contact.create({
      data: {
        ...contact,
        ...deriveContact(contact, this.#of("CONTACT")),
        custom: { ...contact.custom },
        orgId: this.id,
        id,
        tagIds,
        createdAt,
        updatedAt: createdAt,
        ...(deletedAt && { deletedAt }),
        ...(callCount !== undefined && { callCount }),
        ...(lastCallAt && { lastCallAt }),
      },
    });
    const held = deletedAt ? [] : emailKeys(contact);
    await prisma.contactEmail.createMany({
      data: held.map((emailKey) => ({ orgId: this.id, emailKey, contactId: id })),
    });
    await prisma.contactTag.createMany({
      data: tagIds.map((tagId) => ({ orgId: this.id, contactId: id, tagId })),
    });
    return { id, globalId: encodeId("Contact", id) };
  }

  async lead(columns: Record<string, unknown> = {}): Promise<{ id: string; globalId: string }> {
    const { prisma } = await testDatabase();
    const { id = newId() } = columns as { id?: string };
    const lead = { name: `Lead ${id.slice(-6)}`, ...columns };
    const derived = derive("LEAD", { ...emptyLead, ...lead }, this.#of("LEAD"));
    await prisma.lead.create({ data: { ...lead, ...derived, orgId: this.id, id } as never });
    return { id, globalId: encodeId("Lead", id) };
  }

  async deal(columns: Record<string, unknown> = {}): Promise<{ id: string; globalId: string }> {
    const deal = { name: "Deal", value: "100.00", currency: "EUR", stage: "Demo", ...columns };
    return this.#child("deal", "Deal", { ...deal, ...deriveTexts("DEAL", deal) });
  }

  async activity(columns: Record<string, unknown> = {}): Promise<{ id: string; globalId: string }> {
    return this.#child("activity", "Activity", { kind: "NOTE", occurredAt: new Date(), ...columns });
  }

  async conversation(columns: Record<string, unknown> = {}): Promise<{ id: string; globalId: string }> {
    return this.#child("conversation", "Conversation", {
      channel: "EMAIL",
      lastMessageAt: new Date(),
      ...columns,
    });
  }

  async #child(model: "deal" | "activity" | "conversation", type: IdType, data: Record<string, unknown>) {
    const { prisma } = await testDatabase();
    const { id = newId() } = data as { id?: string };
    const create: unknown = prisma[model].create;
    await (create as (args: { data: object }) => Promise<unknown>)({ data: { ...data, orgId: this.id, id } });
    return { id, globalId: encodeId(type, id) };
  }

  #of(entity: "CONTACT" | "LEAD"): Definition[] {
    return this.definitions.filter((definition) => definition.entity === entity);
  }
}
