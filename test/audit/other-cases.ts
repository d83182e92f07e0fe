import { encodeId } from "../../src/db/ids.ts";
import { mutate, sendText } from "../support/client.ts";
import {
  address,
  type Cases,
  contactOf,
  fieldOf,
  folderOf,
  fresh,
  jobOf,
  leadOf,
  listOf,
  next,
  query,
  tagOf,
} from "./makers.ts";

/** Mutations from custom fields on. */
export const ofOthers: Cases = {
  auditExport: async () => ({ args: "format: CSV", events: ["EXPORTED EXPORT_JOB"] }),
  customFieldCreate: async () => ({
    args: `input: { entity: LEAD, name: "F", slug: "f${next()}", type: TEXT }`,
    events: ["CREATED CUSTOM_FIELD"],
  }),
  customFieldDelete: async (o) => ({ args: `id: "${await fieldOf(o)}"`, events: ["DELETED CUSTOM_FIELD"] }),
  customFieldUpdate: async (o) => ({
    args: `id: "${await fieldOf(o)}", input: { name: "G" }`,
    events: ["UPDATED CUSTOM_FIELD name"],
  }),
  customFieldsReorder: async (o) => {
    await fieldOf(o);
    await fieldOf(o);
    const { data } = await sendText(o.key, "{ customFields(entity: CONTACT) { id } }");
    const ids = (data as unknown as { customFields: { id: string }[] }).customFields.map(
      ({ id }) => `"${id}"`,
    );
    return { args: `entity: CONTACT, ids: [${ids.reverse()}]`, events: ["UPDATED CUSTOM_FIELD position"] };
  },
  customFieldFolderCreate: async () => ({
    args: `input: { entity: CONTACT, name: "F${fresh()}" }`,
    events: ["CREATED CUSTOM_FIELD_FOLDER"],
  }),
  customFieldFolderDelete: async (o) => ({
    args: `id: "${await folderOf(o)}"`,
    events: ["DELETED CUSTOM_FIELD_FOLDER"],
  }),
  customFieldFolderUpdate: async (o) => ({
    args: `id: "${await folderOf(o)}", input: { name: "G${fresh()}" }`,
    events: ["UPDATED CUSTOM_FIELD_FOLDER name"],
  }),
  customValueSet: async () => ({ args: `key: "k${next()}", value: "v"`, events: ["CREATED CUSTOM_VALUE"] }),
  customValueDelete: async (o) => {
    const key = `gone${next()}`;
    await mutate(o.key, `customValueSet(key: "${key}", value: "v")`, "customValue { key }");
    return { args: `key: "${key}"`, events: ["DELETED CUSTOM_VALUE"] };
  },
  dealCreate: async () => ({
    args: `input: { name: "D", value: { amount: 5, currency: "EUR" } }`,
    events: ["CREATED DEAL"],
  }),
  dealUpdate: async (o) => ({
    args: `id: "${(await o.deal()).globalId}", input: { stage: "Won", contactId: "${await contactOf(o)}" }`,
    events: ["UPDATED DEAL contact stage"],
  }),
  dealDelete: async (o) => ({ args: `id: "${(await o.deal()).globalId}"`, events: ["DELETED DEAL"] }),
  dealExport: async () => ({ args: "format: CSV", events: ["EXPORTED EXPORT_JOB"] }),
  duplicateSearchCancel: async (o) => ({
    args: `id: "${await jobOf(o, "duplicateSearch")}"`,
    events: ["CANCELLED DUPLICATE_SEARCH"],
  }),
  exportJobCancel: async (o) => ({
    args: `id: "${await jobOf(o, "exportJob")}"`,
    events: ["CANCELLED EXPORT_JOB"],
  }),
  importJobCancel: async (o) => ({
    args: `id: "${await jobOf(o, "importJob")}"`,
    events: ["CANCELLED IMPORT_JOB"],
  }),
  leadConvert: async (o) => {
    const { id, globalId } = await o.lead({ name: "L", email: address() });
    await o.deal({ leadId: id });
    await o.activity({ leadId: id, kind: "CALL" });
    return {
      args: `id: "${globalId}", input: { deal: { value: { amount: 5, currency: "EUR" } } }`,
      events: [
        "CONVERTED LEAD convertedDeal status",
        "CREATED CONTACT",
        "CREATED DEAL",
        "UPDATED ACTIVITY contact",
        "UPDATED DEAL contact",
      ],
    };
  },
  leadCreate: async () => ({ args: `input: { name: "L" }`, events: ["CREATED LEAD"] }),
  leadCustomFieldSet: async (o) => {
    const slug = `lead${next()}`;
    await o.customField({ entity: "LEAD", slug, type: "TEXT" });
    return {
      args: `id: "${await leadOf(o)}", slug: "${slug}", value: "v"`,
      events: [`UPDATED LEAD custom.${slug}`],
    };
  },
  leadDelete: async (o) => ({ args: `id: "${await leadOf(o)}"`, events: ["TRASHED LEAD"] }),
  leadExport: async () => ({ args: "format: CSV", events: ["EXPORTED EXPORT_JOB"] }),
  leadImport: async () => ({
    args: `input: { rows: [{ name: "I", email: "${address()}" }] }`,
    events: ["CREATED LEAD", "IMPORTED IMPORT_JOB"],
  }),
  leadImportPreview: null,
  leadRestore: async (o) => ({
    args: `id: "${await leadOf(o, { deletedAt: new Date() })}"`,
    events: ["RESTORED LEAD"],
  }),
  leadTagsAdd: async (o) => ({
    args: `id: "${await leadOf(o)}", tags: ["${await tagOf(o)}"]`,
    events: ["UPDATED LEAD tags"],
  }),
  leadTagsRemove: async (o) => {
    const tag = await tagOf(o);
    const id = await leadOf(o);
    await mutate(o.key, `leadTagsAdd(id: "${id}", tags: ["${tag}"])`, "lead { id }");
    return { args: `id: "${id}", tags: ["${tag}"]`, events: ["UPDATED LEAD tags"] };
  },
  leadUpdate: async (o) => ({
    args: `id: "${await leadOf(o)}", input: { status: QUALIFIED }`,
    events: ["UPDATED LEAD status"],
  }),
  memberInvite: async () => ({
    args: `input: { email: "${address()}", name: "M", apiKey: { name: "K" } }`,
    events: ["CREATED API_KEY", "CREATED MEMBER"],
  }),
  memberReassign: async (o) => {
    const { id, globalId } = await o.member();
    await o.contact({ ownerId: id });
    await o.lead({ ownerId: id });
    return { args: `from: "${globalId}", to: null`, events: ["REASSIGNED CONTACT", "REASSIGNED LEAD"] };
  },
  memberRemove: async (o) => {
    const { id, globalId } = await o.member();
    await o.deal({ ownerId: id });
    return {
      args: `id: "${globalId}"`,
      events: ["REASSIGNED DEAL", "REMOVED MEMBER", "REVOKED API_KEY"],
    };
  },
  memberUpdate: async (o) => ({
    args: `id: "${(await o.member()).globalId}", input: { dataScope: ASSIGNED }`,
    events: ["UPDATED MEMBER dataScope"],
  }),
  organizationUpdate: async () => ({
    args: `input: { timeZone: "Europe/Paris" }`,
    events: ["UPDATED ORGANIZATION timeZone"],
  }),
  smartListCreate: async () => ({ args: `input: { name: "S", ${query} }`, events: ["CREATED SMART_LIST"] }),
  smartListUpdate: async (o) => ({
    args: `id: "${await listOf(o)}", input: { name: "R" }`,
    events: ["UPDATED SMART_LIST name"],
  }),
  smartListDelete: async (o) => ({ args: `id: "${await listOf(o)}"`, events: ["DELETED SMART_LIST"] }),
  smartListsReplace: async (o) => {
    await listOf(o);
    const { data } = await sendText(o.key, "{ smartListsVersion }");
    const { smartListsVersion } = data as unknown as { smartListsVersion: number };
    return {
      args: `input: [{ name: "N", ${query} }], expectedVersion: ${smartListsVersion}`,
      events: ["CREATED SMART_LIST", "DELETED SMART_LIST"],
    };
  },
  tagCreate: async () => ({ args: `input: { name: "T${fresh()}" }`, events: ["CREATED TAG"] }),
  tagUpdate: async (o) => ({
    args: `id: "${await tagOf(o)}", input: { name: "T${fresh()}" }`,
    events: ["UPDATED TAG name"],
  }),
  tagDelete: async (o) => {
    const tag = `d${fresh()}`;
    await o.contact({ tags: [tag] });
    return { args: `id: "${encodeId("Tag", await o.tag(tag))}"`, events: ["DELETED TAG"] };
  },
};
