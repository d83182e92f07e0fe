import { encodeId } from "../../src/db/ids.ts";
import {
  address,
  type Cases,
  contactOf,
  fieldOf,
  fresh,
  idBy,
  jobOf,
  next,
  planned,
  tagOf,
} from "./makers.ts";

/** Mutations up to conversations, in the order of the alphabet. */
export const ofRecords: Cases = {
  activityCreate: async (o) => ({
    args: `input: { kind: CALL, contactId: "${await contactOf(o)}" }`,
    events: ["CREATED ACTIVITY"],
  }),
  activityUpdate: async (o) => {
    const { id: contactId } = await o.contact();
    const { globalId } = await o.activity({ contactId });
    return { args: `id: "${globalId}", input: { subject: "S" }`, events: ["UPDATED ACTIVITY subject"] };
  },
  activityDelete: async (o) => {
    const { id: contactId } = await o.contact();
    return {
      args: `id: "${(await o.activity({ contactId, kind: "CALL" })).globalId}"`,
      events: ["DELETED ACTIVITY"],
    };
  },
  apiKeyCreate: async () => ({ args: `input: { name: "K" }`, events: ["CREATED API_KEY"] }),
  apiKeyRevoke: async (o) => ({
    args: `id: "${encodeId("ApiKey", (await o.member()).keyId)}"`,
    events: ["REVOKED API_KEY"],
  }),
  bulkJobCancel: async (o) => ({
    args: `id: "${await jobOf(o, "bulkJob")}"`,
    events: ["CANCELLED BULK_JOB"],
  }),
  contactCreate: async () => ({
    args: `input: { name: "C", email: "${address()}", tags: ["new ${fresh()}"], createMissingTags: true }`,
    events: ["CREATED CONTACT", "CREATED TAG"],
  }),
  contactCustomFieldSet: async (o) => {
    const slug = `set${next()}`;
    await fieldOf(o, slug);
    return {
      args: `id: "${await contactOf(o)}", slug: "${slug}", value: "v"`,
      events: [`UPDATED CONTACT custom.${slug}`],
    };
  },
  contactDelete: async (o) => ({ args: `id: "${await contactOf(o)}"`, events: ["TRASHED CONTACT"] }),
  contactDuplicatesSearch: async () => ({ args: "", events: ["STARTED DUPLICATE_SEARCH"] }),
  contactErase: async (o) => ({
    args: `input: { id: "${await contactOf(o)}" }`,
    events: ["ERASED CONTACT"],
  }),
  contactExport: async () => ({ args: "format: CSV", events: ["EXPORTED EXPORT_JOB"] }),
  contactImport: async () => ({
    args: `input: { rows: [{ name: "I", email: "${address()}" }] }`,
    events: ["CREATED CONTACT", "IMPORTED IMPORT_JOB"],
  }),
  contactImportPreview: null,
  contactMerge: async (o) => ({
    args: `input: { primaryId: "${await contactOf(o)}", duplicateIds: ["${await contactOf(o, { title: "CTO" })}"] }`,
    events: ["CREATED CONTACT_MERGE", "MERGED CONTACT", "UPDATED CONTACT otherEmails title"],
  }),
  contactRestore: async (o) => ({
    args: `id: "${await contactOf(o, { deletedAt: new Date() })}"`,
    events: ["RESTORED CONTACT"],
  }),
  contactTagsAdd: async (o) => ({
    args: `id: "${await contactOf(o)}", tags: ["${await tagOf(o)}"]`,
    events: ["UPDATED CONTACT tags"],
  }),
  contactTagsRemove: async (o) => {
    const tag = `gone ${fresh()}`;
    return {
      args: `id: "${await contactOf(o, { tags: [tag] })}", tags: ["${tag}"]`,
      events: ["UPDATED CONTACT tags"],
    };
  },
  contactUnmerge: async (o) => {
    const field = `contactMerge(input: { primaryId: "${await contactOf(o)}", duplicateIds: ["${await contactOf(o)}"] })`;
    return {
      args: `mergeId: "${await idBy(o, field, "merge")}"`,
      events: ["UNMERGED CONTACT", "UPDATED CONTACT otherEmails"],
    };
  },
  contactUpdate: async (o) => ({
    args: `id: "${await contactOf(o)}", input: { title: "T", address: { city: "Paris" } }`,
    events: ["UPDATED CONTACT city title"],
  }),
  contactUpsert: async () => ({
    args: `input: { name: "U", email: "${address()}" }`,
    events: ["CREATED CONTACT"],
  }),
  contactsBulkDelete: async (o) => {
    await contactOf(o, { company: "Bulk A" });
    return {
      args: await planned(o, `contactsBulkDelete(filter: { company: { eq: "Bulk A" } }`),
      events: ["TRASHED CONTACT"],
    };
  },
  contactsBulkTag: async (o) => {
    await contactOf(o, { company: "Bulk B" });
    return {
      args: await planned(
        o,
        `contactsBulkTag(filter: { company: { eq: "Bulk B" } }, add: ["${await tagOf(o)}"]`,
      ),
      events: ["UPDATED CONTACT tags"],
    };
  },
  contactsBulkUpdate: async (o) => {
    await contactOf(o, { company: "Bulk C" });
    return {
      args: await planned(
        o,
        `contactsBulkUpdate(filter: { company: { eq: "Bulk C" } }, input: { title: "T" }`,
      ),
      events: ["UPDATED CONTACT title"],
    };
  },
  conversationCreate: async (o) => ({
    args: `input: { channel: EMAIL, contactId: "${await contactOf(o)}" }`,
    events: ["CREATED CONVERSATION"],
  }),
  conversationUpdate: async (o) => {
    const { id: contactId } = await o.contact();
    const { globalId } = await o.conversation({ contactId });
    return { args: `id: "${globalId}", input: { subject: "S" }`, events: ["UPDATED CONVERSATION subject"] };
  },
  conversationDelete: async (o) => {
    const { id: contactId } = await o.contact();
    return {
      args: `id: "${(await o.conversation({ contactId })).globalId}"`,
      events: ["DELETED CONVERSATION"],
    };
  },
};
