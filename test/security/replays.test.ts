import { readFileSync } from "node:fs";
import { buildSchema } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/**
 * A request that is sent again under its idempotency key is answered as the first time, as far as its caller may see
 * every record of that answer at this moment.
 */

let organization: Organization;
let used = 0;
beforeAll(async () => {
  organization = await Organization.make();
});

type Member = Awaited<ReturnType<Organization["member"]>>;

/** One mutation as it is sent, and ways in which a record of its answer is lost to who sent it. */
interface Case {
  readonly who: Parameters<Organization["member"]>[0];
  readonly ask: (member: Member) => Promise<{ args: string; selection: string }>;
  /** By what happens: what makes it happen, from the ids in the answer, and the refusal that follows. */
  readonly losses: Readonly<
    Record<string, readonly [(ids: Ids, member: Member) => Promise<unknown>, string]>
  >;
}

/** The id of each record in an answer, by its field. */
type Ids = Readonly<Record<string, string>>;

const asOwner = (field: string) => mutate(organization.key, field, "errors { code }");
const giveAway = (type: "contact" | "lead" | "deal", field: string = type) =>
  [
    (ids: Ids) => asOwner(`${type}Update(id: "${ids[field]}", input: { ownerId: null })`),
    "NOT_FOUND",
  ] as const;
const trash = (type: "contact" | "lead", field: string = type) =>
  [(ids: Ids) => asOwner(`${type}Delete(id: "${ids[field]}")`), "IN_TRASH"] as const;
const mergeAway = [
  async (ids: Ids) => {
    const { globalId } = await organization.contact({ name: "Survivor" });
    return asOwner(`contactMerge(input: { primaryId: "${globalId}", duplicateIds: ["${ids.contact}"] })`);
  },
  "ALREADY_MERGED",
] as const;
const remove = (mutation: string, field: string) =>
  [(ids: Ids) => asOwner(`${mutation}(id: "${ids[field]}")`), "NOT_FOUND"] as const;

const restricted = { dataScope: "ASSIGNED" } as const;
const everything = { role: "ADMIN" } as const;
const fresh = () => `${++used}-${organization.id}`;
const address = () => `replay-${fresh()}@example.com`;
const children = "deals { totalCount nodes { id } } activities { totalCount } conversations { totalCount }";

/** A contact of the member's, which is given away. */
const theirContact = async ({ id }: Member) =>
  (await organization.contact({ ownerId: id, email: address() })).globalId;

/** An export by the mutation of its entity; its job is seen by who asked for it. */
const exporting: Case = {
  who: restricted,
  ask: async () => ({ args: 'format: CSV, delimiter: ";"', selection: "job { id total headings }" }),
  losses: {
    "of another member": [
      async () => {
        const { prisma } = await testDatabase();
        const { id: memberId } = await organization.member();
        return prisma.exportJob.updateMany({ where: { orgId: organization.id }, data: { memberId } });
      },
      "NOT_FOUND",
    ],
  },
};

const onContact = (ids: Ids) => asOwner(`contactUpdate(id: "${ids.contact}", input: { ownerId: null })`);

const cases: Readonly<Record<string, Case>> = {
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
            where: { orgId: organization.id, mergedIntoId: { not: null }, ownerId: { not: null } },
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
          const { id: memberId } = await organization.member();
          return prisma.importJob.updateMany({ where: { orgId: organization.id }, data: { memberId } });
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
          const { id: memberId } = await organization.member();
          return prisma.importJob.updateMany({ where: { orgId: organization.id }, data: { memberId } });
        },
        "NOT_FOUND",
      ],
    },
  },
  contactExport: exporting,
  leadExport: exporting,
  dealExport: exporting,
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
      args: `id: "${(await organization.lead({ name: "L", email: address(), ownerId })).globalId}", input: { deal: { value: { amount: 5, currency: "EUR" } } }`,
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
      args: `input: { name: "K", memberId: "${(await organization.member()).globalId}" }`,
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

/** Their answers have ids of contacts alone, which are looked up as the caller. */
const bulk = ["contactsBulkUpdate", "contactsBulkTag", "contactsBulkDelete"];
/** Their answers are the organization and the member as they are then (test/organization, test/members). */
const anew = ["organizationUpdate", "memberRemove", "memberReassign"];

async function setVersion(): Promise<number> {
  const { data } = await sendText(organization.key, "{ smartListsVersion }");
  return (data as unknown as { smartListsVersion: number }).smartListsVersion;
}

test("every mutation that takes an idempotency key is here", () => {
  const mutations = buildSchema(readFileSync("schema.graphql", "utf8")).getMutationType()?.getFields() ?? {};
  const repeatable = Object.values(mutations).filter(({ args }) =>
    args.some(({ name }) => name === "idempotencyKey"),
  );
  expect([...Object.keys(cases), ...bulk, ...anew].sort()).toEqual(repeatable.map(({ name }) => name).sort());
});

const idsOf = (payload: object): Ids =>
  Object.fromEntries(
    Object.entries(payload).flatMap(([field, value]): [string, string][] => {
      const one = Array.isArray(value) ? value[0] : value;
      if (typeof one !== "object" || one === null) return [];
      const { id, duplicate } = one as { id?: string; duplicate?: string };
      return [
        ...(id === undefined ? [] : ([[field, id]] as [string, string][])),
        ...(duplicate === undefined ? [] : ([["duplicate", duplicate]] as [string, string][])),
        ...Object.entries(idsOf(one)),
      ];
    }),
  );

describe.each(Object.entries(cases))("%s", (mutation, { who, ask, losses }) => {
  test.each(Object.entries(losses))("%s: nothing of it is answered again", async (_what, [lose, code]) => {
    const member = await organization.member(who);
    const { args, selection } = await ask(member);
    const field = `${mutation}(${args}, idempotencyKey: "${fresh()}")`;
    const first = await mutate<Record<string, object>>(member.key, field, selection);
    expect(first.errors).toEqual([]);
    expect(await mutate(member.key, field, selection)).toEqual(first);
    await lose(idsOf(first), member);
    const { errors, ...again } = await mutate<Record<string, unknown>>(member.key, field, selection);
    expect(errors).toMatchObject([{ code, path: ["idempotencyKey"] }]);
    for (const value of Object.values(again)) expect([null, []]).toContainEqual(value);
  });
});

test("a member who may only read by now is not answered again", async () => {
  const member = await organization.member();
  const field = `contactCreate(input: { name: "R", email: "${address()}" }, idempotencyKey: "${fresh()}")`;
  await mutate(member.key, field, "contact { id }");
  const { prisma } = await testDatabase();
  await prisma.member.updateMany({ where: { id: member.id }, data: { role: "READ_ONLY" } });
  const { data, errors } = await sendText(member.key, `mutation { ${field} { contact { id } } }`);
  expect(data?.contactCreate ?? null).toBeNull();
  expect(errors[0]?.extensions.code).toBe("INSUFFICIENT_SCOPE");
});
