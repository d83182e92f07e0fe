import { encodeId, type IdType } from "../../src/db/ids.ts";
import type { Cast } from "./cast.ts";

/** Arguments with which a field does something, if its required arguments are not enough. */

type Arguments = Readonly<Record<string, unknown>>;

const rows = [{ name: "Walked", email: "walked@example.com" }];

export function basesOf(cast: Cast): Readonly<Record<string, Arguments>> {
  const own = (type: IdType): string => {
    const row = cast.rows.own[type];
    return row ? encodeId(type, row.id) : cast.never(type);
  };
  const contact = own("Contact");
  const { second, inTrash, leadInTrash } = cast.caller.planted.records[cast.caller.owner];
  const onContact = { filter: { id: { eq: contact } } };
  const query = { groups: [{ conditions: [{ field: "name", op: "NE", value: "x" }] }] };
  return {
    activityCreate: { input: { kind: "NOTE", contactId: contact } },
    activityUpdate: { id: own("Activity"), input: { body: "walked" } },
    contactCreate: { input: { name: "Walked", email: "walked@example.com" } },
    contactCustomFieldSet: { id: contact, slug: "words", value: "walked" },
    contactImport: { input: { rows } },
    contactImportPreview: { input: { rows } },
    contactMerge: { input: { primaryId: contact, duplicateIds: [second.globalId] } },
    contactRestore: { id: inTrash.globalId },
    contactUpdate: { id: contact, input: { title: "walked" } },
    contactUpsert: { input: { name: "Walked", email: "walked@example.com" } },
    contactsBulkDelete: { ...onContact, dryRun: true },
    contactsBulkTag: { ...onContact, add: ["shared"], dryRun: true },
    contactsBulkUpdate: { ...onContact, input: { title: "walked" }, dryRun: true },
    conversationCreate: { input: { channel: "EMAIL", contactId: contact } },
    conversationUpdate: { id: own("Conversation"), input: { subject: "walked" } },
    customFieldCreate: { input: { entity: "CONTACT", name: "Walked", slug: "walked", type: "TEXT" } },
    customFieldUpdate: { id: own("CustomField"), input: { name: "Walked" } },
    customFieldFolderUpdate: { id: own("CustomFieldFolder"), input: { name: "Walked" } },
    dealCreate: { input: { name: "Walked", value: { amount: "1", currency: "EUR" }, contactId: contact } },
    dealUpdate: { id: own("Deal"), input: { stage: "walked" } },
    leadConvert: { id: own("Lead"), input: { deal: { value: { amount: "1", currency: "EUR" } } } },
    leadCreate: { input: { name: "Walked" } },
    leadCustomFieldSet: { id: own("Lead"), slug: "rank", value: "walked" },
    leadImport: { input: { rows } },
    leadImportPreview: { input: { rows } },
    leadRestore: { id: leadInTrash.globalId },
    leadUpdate: { id: own("Lead"), input: { company: "walked" } },
    memberInvite: { input: { name: "Walked", email: "walked@people.example" } },
    organizationUpdate: { input: { weekStart: "SUNDAY" } },
    smartListCreate: { input: { name: "Walked", query } },
    smartListUpdate: { id: own("SmartList"), input: { name: "Walked" } },
    smartListsReplace: { input: [{ name: "Walked", query }], expectedVersion: 1 },
    tagCreate: { input: { name: "walked" } },
    tagUpdate: { id: own("Tag"), input: { name: "walked" } },
  };
}
