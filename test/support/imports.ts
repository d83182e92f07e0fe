import { pino } from "pino";
import { expect } from "vitest";
import { importKind } from "../../src/jobs/import/import.kind.ts";
import { type RunOptions, runJob } from "../../src/jobs/runner.ts";
import { type Answer, read, sendText, testServer } from "./client.ts";
import { testDatabase } from "./database.ts";
import type { Organization } from "./makers.ts";

/** Imports files through the API, for tests. */

export interface Job {
  readonly id: string;
  readonly entity: "CONTACT" | "LEAD";
  readonly state: string;
  readonly total: number;
  readonly done: number;
  readonly created: number;
  readonly updated: number;
  readonly skipped: number;
  readonly failed: number;
  readonly blank: number;
  readonly encoding: string;
  readonly delimiter: string | null;
  readonly problem: string | null;
  readonly leftOut: number;
  readonly columns: {
    column: string;
    field: string | null;
    customField: string | null;
    reason: string | null;
  }[];
  readonly unmappedColumns: { column: string; reason: string; samples: string[] }[];
  readonly notes: {
    row: number;
    line: number;
    column: string | null;
    code: string;
    message: string;
    text: string | null;
  }[];
  readonly errors: {
    row: number;
    line: number;
    column: string | null;
    code: string;
    message: string;
    raw: string;
  }[];
}

export const jobFields =
  "id entity state total done created updated skipped failed blank encoding delimiter leftOut problem columns { column field customField reason } unmappedColumns { column reason samples } errors(first: 100) { row line column code message raw } notes(first: 100) { row line column code message text }";

/** The type of the imported records. */
export type Imported = "Contact" | "Lead";

/** Sends a file in a multipart request, and returns the answer unread. */
export async function upload(
  key: string,
  file: string | Uint8Array<ArrayBuffer>,
  input: Record<string, unknown> = {},
  more: { idempotencyKey?: string; headers?: Record<string, string>; fileName?: string; of?: Imported } = {},
): Promise<
  Answer<{ contactImport: { job: Job | null; errors: { code: string; path: string[]; message: string }[] } }>
> {
  const { of = "Contact" } = more;
  const query = `mutation ($input: ${of}ImportInput!, $idempotencyKey: String) {
    contactImport: ${of.toLowerCase()}Import(input: $input, idempotencyKey: $idempotencyKey) { job { ${jobFields} } errors { code path message } } }`;
  return uploadAs(key, query, { input, idempotencyKey: more.idempotencyKey }, file, more);
}

/** Sends a query whose `$input.file` is a file. */
export async function uploadAs<Data>(
  key: string,
  query: string,
  { input, ...others }: Record<string, unknown>,
  file: string | Uint8Array<ArrayBuffer>,
  more: { headers?: Record<string, string>; fileName?: string } = {},
): Promise<Answer<Data>> {
  const form = new FormData();
  const variables = { ...others, input: { ...(input as object), file: null } };
  form.append("operations", JSON.stringify({ query, variables }));
  form.append("map", JSON.stringify({ 0: ["variables.input.file"] }));
  form.append("0", new Blob([file]), more.fileName ?? "contacts.csv");
  const request = new Request("http://test/graphql", {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "x-graphql-yoga-csrf": "1", ...more.headers },
    body: form,
  });
  const yoga = await testServer();
  const response = await yoga.fetch(request);
  const text = await response.text();
  const { data = null, errors = [] } = JSON.parse(text);
  return { status: response.status, data, errors, text };
}

const BOUNDARY = "rolograph-test-boundary";

/** The bytes of a multipart request before its file; the file and `multipartEnd` follow. */
export function multipartStart(query: string, variables: Record<string, unknown>): string {
  const part = (name: string, body: string, more = "") =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${body}`;
  return [
    part("operations", JSON.stringify({ query, variables })),
    part("map", JSON.stringify({ 0: ["variables.input.file"] })),
    part("0", "", '; filename="contacts.csv"\r\ncontent-type: text/csv'),
  ].join("\r\n");
}

export const multipartEnd = `\r\n--${BOUNDARY}--\r\n`;

/** Sends the bytes of a multipart request, at once or as a stream. */
export async function sendMultipart(
  key: string | null,
  body: string | ReadableStream<Uint8Array>,
): Promise<Answer<Record<string, never>>> {
  const yoga = await testServer();
  const init = {
    method: "POST",
    headers: {
      "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
      "x-graphql-yoga-csrf": "1",
      ...(key !== null && { authorization: `Bearer ${key}` }),
    },
    body,
    // Required by `fetch` for a body that is a stream.
    duplex: "half",
  };
  return read(await yoga.fetch(new Request("http://test/graphql", init as RequestInit)));
}

const silent = pino({ level: "silent" });

/** Works once on each unfinished import of an organization; imports of other tests are left alone. */
export async function runImports(
  { id: orgId }: Organization,
  options: RunOptions<"importJob"> = {},
): Promise<void> {
  const database = await testDatabase();
  const jobs = await database.prisma.importJob.findMany({
    where: { orgId, state: { in: ["QUEUED", "RUNNING"] } },
    orderBy: { createdAt: "asc" },
  });
  for (const job of jobs) await runJob(database, silent, importKind, options, job);
}

export async function jobOf(key: string, id: string): Promise<Job> {
  const { data, text } = await sendText(key, `{ importJob(id: "${id}") { ${jobFields} } }`);
  const job = (data as unknown as { importJob: Job | null } | null)?.importJob;
  if (!job) throw new Error(text);
  return job;
}

/**
 * Imports a file to its end.
 *
 * @param key the caller's key; the owner's by default
 */
export async function imported(
  organization: Organization,
  file: string | Uint8Array<ArrayBuffer>,
  input: Record<string, unknown> = {},
  key = organization.key,
  of: Imported = "Contact",
): Promise<Job> {
  const answer = await upload(key, file, input, { of });
  const job = answer.data?.contactImport.job;
  if (!job) throw new Error(answer.text);
  await runImports(organization);
  // The worker of a server in another test may have claimed it first.
  await expect
    .poll(async () => (await jobOf(key, job.id)).state, { timeout: 80_000 })
    .toMatch(/^(DONE|FAILED)$/);
  return jobOf(key, job.id);
}

/** An organization's contacts by name, at most 100, with these fields. */
export async function contactsOf(key: string, fields = "name email") {
  const { data } = await sendText(
    key,
    `{ contacts(orderBy: [{ field: NAME }], first: 100) { nodes { ${fields} } } }`,
  );
  return (data as unknown as { contacts: { nodes: Record<string, unknown>[] } }).contacts.nodes;
}
