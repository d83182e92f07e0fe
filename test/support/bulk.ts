import { pino } from "pino";
import { bulkKind } from "../../src/jobs/bulk/bulk.kind.ts";
import { type RunOptions, runJob } from "../../src/jobs/runner.ts";
import { mutate, type PayloadError, sendText } from "./client.ts";
import { testDatabase } from "./database.ts";
import { Organization } from "./makers.ts";

/** Bulk changes through the API, for tests. */

export interface BulkJob {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly total: number;
  readonly done: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly problem: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

const jobFields = "id kind state total done changed unchanged skipped problem createdAt startedAt finishedAt";

export interface BulkPayload {
  readonly count: number | null;
  readonly sample: { readonly id: string; readonly name: string }[];
  readonly planToken: string | null;
  readonly changed: number | null;
  readonly job: BulkJob | null;
  readonly errors: (PayloadError & { readonly count?: number; readonly planToken?: string })[];
}

type Variables = Record<string, unknown>;

/**
 * The arguments of each bulk mutation beside those of dry run and confirmation, and the types of all variables.
 */
const mutations = {
  contactsBulkUpdate: { input: "ContactsBulkUpdateInput!" },
  contactsBulkTag: { add: "[String!]", remove: "[String!]", createMissingTags: "Boolean" },
  contactsBulkDelete: {},
} as const;

const shared = {
  filter: "ContactFilter",
  query: "SmartListQueryInput",
  search: "SearchInput",
  timeZone: "TimeZone",
  all: "Boolean",
  dryRun: "Boolean",
  planToken: "String",
  idempotencyKey: "String",
} as const;

export type BulkMutation = keyof typeof mutations;

/** Sends a bulk change with the given arguments only. */
export async function bulk(key: string, mutation: BulkMutation, args: Variables): Promise<BulkPayload> {
  const types: Readonly<Record<string, string>> = { ...mutations[mutation], ...shared };
  const names = Object.keys(args);
  const declared = names.map((name) => `$${name}: ${types[name]}`).join(", ");
  const said = names.map((name) => `${name}: $${name}`).join(", ");
  return mutate<BulkPayload>(
    key,
    `${mutation}${said === "" ? "" : `(${said})`}`,
    `count sample { id name } planToken changed job { ${jobFields} }
     errors { ... on PlanChangedError { count planToken } }`,
    args,
    declared === "" ? "" : `(${declared})`,
  );
}

/** The answer of a dry run; a refusal fails the test. */
export async function planned(
  key: string,
  mutation: BulkMutation,
  args: Variables,
): Promise<BulkPayload & { readonly planToken: string }> {
  const plan = await bulk(key, mutation, { ...args, dryRun: true });
  if (plan.planToken === null) throw new Error(JSON.stringify(plan.errors));
  return { ...plan, planToken: plan.planToken };
}

/** A dry run, and then its confirmation. */
export async function done(key: string, mutation: BulkMutation, args: Variables): Promise<BulkPayload> {
  const { planToken } = await planned(key, mutation, args);
  return bulk(key, mutation, { ...args, planToken });
}

const silent = pino({ level: "silent" });

/** Works on each unfinished bulk job of an organization; jobs of other tests are left alone. */
export async function runBulkJobs(
  { id: orgId }: Organization,
  options: RunOptions<"bulkJob"> = {},
): Promise<void> {
  const database = await testDatabase();
  const jobs = await database.prisma.bulkJob.findMany({
    where: { orgId, state: { in: ["QUEUED", "RUNNING"] } },
    orderBy: { createdAt: "asc" },
  });
  for (const job of jobs) await runJob(database, silent, bulkKind, options, job);
}

export async function bulkJobOf(key: string, id: string): Promise<BulkJob> {
  const { data, text } = await sendText(key, `{ bulkJob(id: "${id}") { ${jobFields} } }`);
  const job = (data as unknown as { bulkJob: BulkJob | null } | null)?.bulkJob;
  if (!job) throw new Error(text);
  return job;
}

/** Inserts many contacts of a company at once, without any rule, and returns their row ids in order. */
export async function plantMany(
  organization: Organization,
  many: number,
  columns: Variables = {},
): Promise<string[]> {
  const first = await organization.contact({ name: "Planted", company: "Planted Ltd", ...columns });
  const { pool, prisma } = await testDatabase();
  const names = (
    await pool.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns
       WHERE table_name = 'contact' AND column_name NOT IN ('id', 'email', 'email_key')`,
    )
  ).rows.map(({ name }) => `"${name}"`);
  await pool.query(
    `INSERT INTO contact (id, ${names.join()})
     SELECT overlay(id::text PLACING lpad(to_hex(n), 8, '0') FROM 29)::uuid, ${names.join()}
     FROM contact, generate_series(1, $3::int - 1) AS n WHERE org_id = $1 AND id = $2`,
    [organization.id, first.id, many],
  );
  const { createdAt } = await prisma.contact.findFirstOrThrow({ where: { id: first.id } });
  const rows = await prisma.contact.findMany({
    where: { orgId: organization.id, createdAt },
    select: { id: true },
    orderBy: { id: "asc" },
  });
  return rows.map(({ id }) => id);
}

/** Makes rows of another organization that the same filters match. @returns checks that nothing has changed them */
export async function bystander(columns: Variables = {}): Promise<() => Promise<boolean>> {
  const victim = await Organization.make();
  for (const company of ["Acme", "Planted Ltd"]) {
    await victim.contact({ name: "Theirs", company, tags: ["VIP"], ...columns });
  }
  const { prisma } = await testDatabase();
  const read = async () =>
    JSON.stringify(await prisma.contact.findMany({ where: { orgId: victim.id }, orderBy: { id: "asc" } }));
  const before = await read();
  return async () => (await read()) === before;
}
