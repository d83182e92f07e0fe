import type { Definition } from "../filter/registry/fields.ts";
import { emailKeys } from "../lib/email.ts";
import { demoActivities, demoConversations, demoDeals } from "./children.ts";
import { DAY, Dice, iso, TODAY } from "./dice.ts";
import { demoLists, demoValues } from "./lists.ts";
import { demoContacts, demoLeads } from "./people.ts";
import * as words from "./words.ts";

/**
 * The rows of the demo organizations. Random choices come from a generator with a fixed seed, and dates count back from
 * a fixed day, so that the rows are the same everywhere.
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

/** The id of the organization that a seed makes. */
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
  const world = { dice, tags, memberIds, definitions, stamp };
  const contacts = demoContacts(world, size.contacts);
  const leads = demoLeads(world, size.leads);
  const deals = demoDeals(world, contacts, leads, size.deals);
  const activities = demoActivities(world, contacts, leads, size.activities);
  const conversations = demoConversations(world, contacts, size.conversations);

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
