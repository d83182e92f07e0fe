import { pino } from "pino";
import { type RunOptions, runNextImport } from "../../src/modules/import/runner.ts";
import { type Answer, sendText, testServer } from "./client.ts";
import { testDatabase } from "./database.ts";

/** Importing files through the door, for tests. */

export interface Job {
  readonly id: string;
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
  readonly columns: { column: string; field: string | null; customField: string | null }[];
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
  "id state total done created updated skipped failed blank encoding delimiter problem columns { column field customField } errors(first: 100) { row line column code message raw }";

/** Sends a file by a multipart request and gives the answer as it is. */
export async function upload(
  key: string,
  file: string | Uint8Array<ArrayBuffer>,
  input: Record<string, unknown> = {},
  more: { idempotencyKey?: string; headers?: Record<string, string>; fileName?: string } = {},
): Promise<
  Answer<{ contactImport: { job: Job | null; errors: { code: string; path: string[]; message: string }[] } }>
> {
  const query = `mutation ($input: ContactImportInput!, $idempotencyKey: String) {
    contactImport(input: $input, idempotencyKey: $idempotencyKey) { job { ${jobFields} } errors { code path message } } }`;
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

/** Works on imports until there are none. */
export async function runImports(options: RunOptions = {}): Promise<void> {
  const database = await testDatabase();
  while (await runNextImport(database, pino({ level: "silent" }), options));
}

export async function jobOf(key: string, id: string): Promise<Job> {
  const { data, text } = await sendText(key, `{ importJob(id: "${id}") { ${jobFields} } }`);
  const job = (data as unknown as { importJob: Job | null } | null)?.importJob;
  if (!job) throw new Error(text);
  return job;
}

/** Imports a file to its end. */
export async function imported(
  key: string,
  file: string | Uint8Array<ArrayBuffer>,
  input: Record<string, unknown> = {},
): Promise<Job> {
  const answer = await upload(key, file, input);
  const job = answer.data?.contactImport.job;
  if (!job) throw new Error(answer.text);
  await runImports();
  return jobOf(key, job.id);
}
