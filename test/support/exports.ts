import { pino } from "pino";
import { exportKind } from "../../src/jobs/export/export.kind.ts";
import { type RunOptions, runJob } from "../../src/jobs/runner.ts";
import { mutate, type PayloadError, sendText, testServer } from "./client.ts";
import { testDatabase } from "./database.ts";
import type { Organization } from "./makers.ts";

/** Exports through the API, for tests. */

export interface ExportJob {
  readonly id: string;
  readonly state: string;
  readonly headings: string[];
  readonly total: number;
  readonly done: number;
  readonly skipped: number;
  readonly progress: number;
  readonly bytes: number;
  readonly problem: string | null;
  readonly downloadPath: string | null;
  readonly expiresAt: string | null;
}

const exportFields = "id state headings total done skipped progress bytes problem downloadPath expiresAt";

const declared = {
  CONTACT:
    "($filter: ContactFilter, $query: SmartListQueryInput, $search: SearchInput, $orderBy: [ContactOrder!], $trash: TrashMode, $columns: [ContactExportColumnInput!], $format: ExportFormat, $delimiter: String, $byteOrderMark: Boolean, $idempotencyKey: String)",
  LEAD: "($filter: LeadFilter, $query: SmartListQueryInput, $search: SearchInput, $orderBy: [LeadOrder!], $trash: TrashMode, $columns: [LeadExportColumnInput!], $format: ExportFormat, $delimiter: String, $byteOrderMark: Boolean, $idempotencyKey: String)",
  DEAL: "($filter: DealFilter, $query: SmartListQueryInput, $orderBy: [DealOrder!], $columns: [DealExportColumnInput!], $format: ExportFormat, $delimiter: String, $byteOrderMark: Boolean, $idempotencyKey: String)",
  AUDIT:
    "($filter: AuditEventFilter, $columns: [AuditEventExportColumnInput!], $format: ExportFormat, $delimiter: String, $byteOrderMark: Boolean, $idempotencyKey: String)",
} as const;

const args = {
  CONTACT:
    "filter: $filter, query: $query, search: $search, orderBy: $orderBy, trash: $trash, columns: $columns, format: $format, delimiter: $delimiter, byteOrderMark: $byteOrderMark, idempotencyKey: $idempotencyKey",
  LEAD: "filter: $filter, query: $query, search: $search, orderBy: $orderBy, trash: $trash, columns: $columns, format: $format, delimiter: $delimiter, byteOrderMark: $byteOrderMark, idempotencyKey: $idempotencyKey",
  DEAL: "filter: $filter, query: $query, orderBy: $orderBy, columns: $columns, format: $format, delimiter: $delimiter, byteOrderMark: $byteOrderMark, idempotencyKey: $idempotencyKey",
  AUDIT:
    "filter: $filter, columns: $columns, format: $format, delimiter: $delimiter, byteOrderMark: $byteOrderMark, idempotencyKey: $idempotencyKey",
} as const;

export type Entity = keyof typeof declared;

/** Starts an export, and returns the payload. */
export const askExport = (
  key: string,
  variables: Record<string, unknown> = {},
  entity: Entity = "CONTACT",
): Promise<{ job: ExportJob | null; errors: PayloadError[] }> =>
  mutate<{ job: ExportJob | null }>(
    key,
    `${entity.toLowerCase()}Export(${args[entity]})`,
    `job { ${exportFields} }`,
    variables,
    declared[entity],
  );

const silent = pino({ level: "silent" });

/** Works once on each unfinished export of an organization; exports of other tests are left alone. */
export async function runExports(
  { id: orgId }: Organization,
  options: RunOptions<"exportJob"> = {},
): Promise<void> {
  const database = await testDatabase();
  const jobs = await database.prisma.exportJob.findMany({
    where: { orgId, state: { in: ["QUEUED", "RUNNING"] } },
    orderBy: { createdAt: "asc" },
  });
  for (const job of jobs) await runJob(database, silent, exportKind, options, job);
}

export async function exportOf(key: string, id: string): Promise<ExportJob> {
  const { data, text } = await sendText(key, `{ exportJob(id: "${id}") { ${exportFields} } }`);
  const job = (data as unknown as { exportJob: ExportJob | null } | null)?.exportJob;
  if (!job) throw new Error(text);
  return job;
}

/** Downloads a path with a key. */
export async function download(
  key: string,
  path: string | null,
): Promise<{ status: number; text: string; headers: Headers }> {
  const yoga = await testServer();
  const response = await yoga.fetch(`http://test${path}`, { headers: { authorization: `Bearer ${key}` } });
  // `text()` would remove a byte order mark.
  const text = Buffer.from(await response.arrayBuffer()).toString();
  return { status: response.status, text, headers: response.headers };
}

/**
 * Exports to the end and downloads the file.
 *
 * @param key the caller's key; the owner's by default
 */
export async function exported(
  organization: Organization,
  variables: Record<string, unknown> = {},
  { entity = "CONTACT", key = organization.key }: { entity?: Entity; key?: string } = {},
): Promise<{ job: ExportJob; text: string; headers: Headers }> {
  const asked = await askExport(key, variables, entity);
  if (!asked.job) throw new Error(JSON.stringify(asked.errors));
  await runExports(organization);
  const job = await exportOf(key, asked.job.id);
  if (job.state !== "DONE") throw new Error(JSON.stringify(job));
  const { status, text, headers } = await download(key, job.downloadPath);
  if (status !== 200) throw new Error(text);
  return { job, text, headers };
}
