import { expect } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import type { Organization } from "../support/makers.ts";

/** Every mutation that takes an idempotency key and answers with a record, and how its caller can lose that record. */

type Member = Awaited<ReturnType<Organization["member"]>>;

/** One mutation as it is sent, and ways in which a record of its answer is lost to who sent it. */
export interface Case {
  readonly who: Parameters<Organization["member"]>[0];
  readonly ask: (member: Member) => Promise<{ args: string; selection: string }>;
  /** By what happens: what makes it happen, from the ids in the answer, and the refusal that follows. */
  readonly losses: Readonly<
    Record<string, readonly [(ids: Ids, member: Member) => Promise<unknown>, string]>
  >;
}

/** The id of each record in an answer, by its field. */
export type Ids = Readonly<Record<string, string>>;

let used = 0;

/** @param of the organization of the cases */
export function replayCases(of: () => Organization): Readonly<Record<string, Case>> {
  const asOwner = (field: string) => mutate(of().key, field, "errors { code }");
  const giveAway = (type: "contact" | "lead" | "deal", field: string = type) =>
    [
      (ids: Ids) => asOwner(`${type}Update(id: "${ids[field]}", input: { ownerId: null })`),
      "NOT_FOUND",
    ] as const;
  const trash = (type: "contact" | "lead", field: string = type) =>
    [(ids: Ids) => asOwner(`${type}Delete(id: "${ids[field]}")`), "IN_TRASH"] as const;
  const mergeAway = [
    async (ids: Ids) => {
      const { globalId } = await of().contact({ name: "Survivor" });
      return asOwner(`contactMerge(input: { primaryId: "${globalId}", duplicateIds: ["${ids.contact}"] })`);
    },
    "ALREADY_MERGED",
  ] as const;
  const remove = (mutation: string, field: string) =>
    [(ids: Ids) => asOwner(`${mutation}(id: "${ids[field]}")`), "NOT_FOUND"] as const;

  const restricted = { dataScope: "ASSIGNED" } as const;
  const everything = { role: "ADMIN" } as const;
  const fresh = () => `${++used}-${of().id}`;
  const address = () => `replay-${fresh()}@example.com`;
  const children = "deals { totalCount nodes { id } } activities { totalCount } conversations { totalCount }";

  /** A contact of the member's, which is given away. */
  const theirContact = async ({ id }: Member) =>
    (await of().contact({ ownerId: id, email: address() })).globalId;

  /** An export by the mutation of its entity; its job is seen by who asked for it. */
  const exporting: Case = {
    who: restricted,
    ask: async () => ({ args: 'format: CSV, delimiter: ";"', selection: "job { id total headings }" }),
    losses: {
      "of another member": [
        async () => {
          const { prisma } = await testDatabase();
          const { id: memberId } = await of().member();
          return prisma.exportJob.updateMany({ where: { orgId: of().id }, data: { memberId } });
        },
        "NOT_FOUND",
      ],
    },
  };

  const onContact = (ids: Ids) => asOwner(`contactUpdate(id: "${ids.contact}", input: { ownerId: null })`);

  async function setVersion(): Promise<number> {
    const { data } = await sendText(of().key, "{ smartListsVersion }");
    return (data as unknown as { smartListsVersion: number }).smartListsVersion;
  }

  return {
    contactCreate: {
      who: restricted,
      ask: async () => ({
        args: `input: { name: "C", email: "${address()}" }`,
        selection: `contact { id name ${children} }`,
      }),
      losses: { reassigned: giveAway("contact"), trashed: trash("contact"), merged: mergeAway },
    },
    contactUpsert: {
      who: restricted,
      ask: async () => ({
        args: `input: { name: "C", email: "${address()}" }`,
        selection: `contact { id name ${children} } outcome`,
      }),
      losses: { reassigned: giveAway("contact"), trashed: trash("contact"), merged: mergeAway },
    },
    contactMerge: {
      who: restricted,
      ask: async (member) => ({
        args: `input: { primaryId: "${await theirContact(member)}", duplicateIds: ["${await theirContact(member)}"] }`,
        selection: `contact { id name ${children} } merge { id duplicates { duplicate: id } } choices { value } moves { deals }`,
      }),
      losses: {
        "the primary reassigned": giveAway("contact"),
        "the primary trashed": trash("contact"),
        "a duplicate reassigned": [
          async ({ duplicate }) => {
            const { prisma } = await testDatabase();
            const row = await prisma.contact.findFirst({
              where: { orgId: of().id, mergedIntoId: { not: null }, ownerId: { not: null } },
              orderBy: { updatedAt: "desc" },
            });
            expect(duplicate).toBeDefined();
            return prisma.contact.updateMany({ where: { id: row?.id ?? "" }, data: { ownerId: null } });
          },
          "NOT_FOUND",
        ],
      },
    },
    contactImport: {
      who: restricted,
      ask: async () => ({
        args: `input: { rows: [{ name: "I", email: "${address()}" }] }`,
        selection: "job { id created }",
      }),
      losses: {
        "of another member": [
          async () => {
            const { prisma } = await testDatabase();
            const { id: memberId } = await of().member();
            return prisma.importJob.updateMany({ where: { orgId: of().id }, data: { memberId } });
          },
          "NOT_FOUND",
        ],
      },
    },
    leadImport: {
      who: restricted,
      ask: async () => ({
        args: `input: { rows: [{ name: "I", email: "${address()}" }] }`,
        selection: "job { id created }",
      }),
      losses: {
        "of another member": [
          async () => {
            const { prisma } = await testDatabase();
            const { id: memberId } = await of().member();
            return prisma.importJob.updateMany({ where: { orgId: of().id }, data: { memberId } });
          },
          "NOT_FOUND",
        ],
      },
    },
    contactExport: exporting,
    leadExport: exporting,
    dealExport: exporting,
    auditExport: {
      ...exporting,
      who: everything,
      losses: {
        gone: [
          async () => {
            const { prisma } = await testDatabase();
            await prisma.exportBatch.deleteMany({ where: { orgId: of().id } });
            await prisma.exportChunk.deleteMany({ where: { orgId: of().id } });
            return prisma.exportJob.deleteMany({ where: { orgId: of().id } });
          },
          "NOT_FOUND",
        ],
      },
    },
    leadCreate: {
      who: restricted,
      ask: async () => ({
        args: `input: { name: "L" }`,
        selection: "lead { id name deals { totalCount } activities { totalCount } }",
      }),
      losses: { reassigned: giveAway("lead"), trashed: trash("lead") },
    },
    leadConvert: {
      who: restricted,
      ask: async ({ id: ownerId }) => ({
        args: `id: "${(await of().lead({ name: "L", email: address(), ownerId })).globalId}", input: { deal: { value: { amount: 5, currency: "EUR" } } }`,
        selection: `lead { id name } contact { id name ${children} } contactOutcome deal { id name }`,
      }),
      losses: {
        "the contact reassigned": giveAway("contact"),
        "the contact trashed": trash("contact"),
        "the contact merged": mergeAway,
        "the lead reassigned": giveAway("lead"),
        "the lead trashed": trash("lead"),
        "the deal deleted": remove("dealDelete", "deal"),
      },
    },
    dealCreate: {
      who: restricted,
      ask: async (member) => ({
        args: `input: { name: "D", value: { amount: 5, currency: "EUR" }, contactId: "${await theirContact(member)}" }`,
        selection: "deal { id name contact { id } activities { totalCount } }",
      }),
      losses: {
        "reassigned with its contact": [
          async (ids) => {
            await onContact(ids);
            return asOwner(`dealUpdate(id: "${ids.deal}", input: { ownerId: null })`);
          },
          "NOT_FOUND",
        ],
        deleted: remove("dealDelete", "deal"),
      },
    },
    activityCreate: {
      who: restricted,
      ask: async (member) => ({
        args: `input: { kind: NOTE, body: "B", contactId: "${await theirContact(member)}" }`,
        selection: "activity { id body contact { id } }",
      }),
      losses: {
        "its contact reassigned": [onContact, "NOT_FOUND"],
        deleted: remove("activityDelete", "activity"),
      },
    },
    conversationCreate: {
      who: restricted,
      ask: async (member) => ({
        args: `input: { channel: EMAIL, contactId: "${await theirContact(member)}" }`,
        selection: "conversation { id channel contact { id } }",
      }),
      losses: {
        "its contact reassigned": [onContact, "NOT_FOUND"],
        deleted: remove("conversationDelete", "conversation"),
      },
    },
    tagCreate: {
      who: restricted,
      ask: async () => ({ args: `input: { name: "T${fresh()}" }`, selection: "tag { id name }" }),
      losses: { deleted: remove("tagDelete", "tag") },
    },
    customFieldCreate: {
      who: everything,
      ask: async () => ({
        args: `input: { entity: LEAD, name: "F", slug: "f${++used}", type: TEXT }`,
        selection: "customField { id name }",
      }),
      losses: { deleted: remove("customFieldDelete", "customField") },
    },
    customFieldFolderCreate: {
      who: everything,
      ask: async () => ({
        args: `input: { entity: CONTACT, name: "F${fresh()}" }`,
        selection: "folder { id name }",
      }),
      losses: { deleted: remove("customFieldFolderDelete", "folder") },
    },
    smartListCreate: {
      who: everything,
      ask: async () => ({
        args: `input: { name: "S", query: { groups: [{ conditions: [{ field: "name", op: EQ, value: "x" }] }] } }`,
        selection: "smartList { id name }",
      }),
      losses: { deleted: remove("smartListDelete", "smartList") },
    },
    smartListsReplace: {
      who: everything,
      ask: async () => ({
        args: `input: [{ name: "S", query: { groups: [{ conditions: [{ field: "name", op: EQ, value: "x" }] }] } }], expectedVersion: ${await setVersion()}`,
        selection: "smartLists { id name }",
      }),
      losses: { "a list deleted": remove("smartListDelete", "smartLists") },
    },
    apiKeyCreate: {
      who: everything,
      ask: async () => ({
        args: `input: { name: "K", memberId: "${(await of().member()).globalId}" }`,
        selection: "apiKey { id name }",
      }),
      losses: {
        "its maker restricted": [
          async (_ids, { id }) => {
            const { prisma } = await testDatabase();
            return prisma.member.updateMany({ where: { id }, data: { dataScope: "ASSIGNED" } });
          },
          "NOT_FOUND",
        ],
      },
    },
    memberInvite: {
      who: everything,
      ask: async () => ({
        args: `input: { email: "${address()}", name: "M", apiKey: { name: "K" } }`,
        selection: "member { id name } apiKey { id }",
      }),
      losses: { removed: remove("memberRemove", "member") },
    },
  };
}
