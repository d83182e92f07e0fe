import { spawn } from "node:child_process";
import pg from "pg";

/** Runs the built program as an operator does. */

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command to its end, with only the given settings. */
function run(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  input = "",
): Promise<Ran> {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } });
  child.stdin.end(input);
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, out, err }));
  });
}

/** Runs `npm run <words>`. @param input its standard input */
export const npm = (words: readonly string[], env: Record<string, string>, input = ""): Promise<Ran> =>
  run("npm", ["run", "--silent", ...words], env, input);

/** Runs the program itself, as the npm scripts do. */
export const program = (words: readonly string[], env: Record<string, string>): Promise<Ran> =>
  run(process.execPath, ["dist/main.js", ...words], env);

/** The address of the tests' PostgreSQL, if there is one. */
export const postgresUrl = process.env.TEST_DATABASE_URL ?? "postgresql://postgres@127.0.0.1:5432/postgres";

/** Whether PostgreSQL answers at this address. */
export async function postgresAnswers(): Promise<boolean> {
  const client = new pg.Client({ connectionString: postgresUrl, connectionTimeoutMillis: 1000 });
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

/** The address of another database on the same server. */
export const databaseUrl = (name: string): string =>
  Object.assign(new URL(postgresUrl), { pathname: `/${name}` }).toString();

/** Sends one statement to PostgreSQL's own database, such as CREATE DATABASE. */
export async function admin(sql: string): Promise<void> {
  const client = new pg.Client(postgresUrl);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
