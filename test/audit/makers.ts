import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { mutate } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import type { Organization } from "../support/makers.ts";

/** What the cases of audited mutations are made of. */

interface Case {
  /** Its arguments. */
  readonly args: string;
  readonly events: readonly string[];
}

let used = 0;

/** A number that no other case has. */
export const next = () => ++used;
export const fresh = () => `${++used}-${newId()}`;
export const address = () => `audit-${fresh()}@example.com`;
export const query = `query: { groups: [{ conditions: [{ field: "name", op: EQ, value: "x" }] }] }`;

/** The token of a dry run. */
export async function planned(organization: Organization, field: string): Promise<string> {
  const { planToken } = await mutate<{ planToken: string }>(
    organization.key,
    `${field}, dryRun: true)`,
    "planToken",
  );
  return `${field.slice(field.indexOf("(") + 1)}, planToken: "${planToken}"`;
}

/** A job that nobody takes up. */
const waiting = { state: "RUNNING", leasedUntil: new Date("2100-01-01") } as const;

export async function jobOf(
  organization: Organization,
  model: "bulkJob" | "duplicateSearch" | "exportJob" | "importJob",
) {
  const { prisma } = await testDatabase();
  const { id: memberId } = await prisma.member.findFirstOrThrow({
    where: { orgId: organization.id, role: "OWNER" },
  });
  const id = newId();
  const more = {
    bulkJob: { kind: "UPDATE", source: "API", input: {}, total: 1 },
    duplicateSearch: {},
    exportJob: { entity: "CONTACT", format: "CSV", columns: [], dataScope: "ALL" },
    importJob: { mode: "SKIP", dryRun: false, encoding: "utf-8", mapping: [], options: {} },
  }[model];
  const create: unknown = prisma[model].create;
  await (create as (args: { data: object }) => Promise<unknown>)({
    data: { orgId: organization.id, id, memberId, ...waiting, ...more },
  });
  const type = {
    bulkJob: "BulkJob",
    duplicateSearch: "DuplicateSearch",
    exportJob: "ExportJob",
    importJob: "ImportJob",
  };
  return encodeId(type[model] as "BulkJob", id);
}

export const contactOf = async (organization: Organization, columns = {}) =>
  (await organization.contact({ email: address(), ...columns })).globalId;
export const leadOf = async (organization: Organization, columns = {}) =>
  (await organization.lead({ email: address(), ...columns })).globalId;

export async function idBy(organization: Organization, field: string, shown: string): Promise<string> {
  const payload = await mutate<Record<string, { id: string }>>(organization.key, field, `${shown} { id }`);
  return payload[shown]?.id ?? "";
}
export const tagOf = (o: Organization) => idBy(o, `tagCreate(input: { name: "T${fresh()}" })`, "tag");
export const fieldOf = (o: Organization, slug = `f${++used}`) =>
  idBy(
    o,
    `customFieldCreate(input: { entity: CONTACT, name: "F", slug: "${slug}", type: TEXT })`,
    "customField",
  );
export const folderOf = (o: Organization) =>
  idBy(o, `customFieldFolderCreate(input: { entity: CONTACT, name: "F${fresh()}" })`, "folder");
export const listOf = (o: Organization) =>
  idBy(o, `smartListCreate(input: { name: "S", ${query} })`, "smartList");

/** By the mutation's name; null for one that writes nothing. */
export type Cases = Readonly<Record<string, ((organization: Organization) => Promise<Case>) | null>>;
