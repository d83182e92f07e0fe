import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import pg from "pg";

/** The floor: node's own HTTP, `pg`, and statements that return the answer as text. */

const statements = JSON.parse(readFileSync(String(process.env.STATEMENTS), "utf8")) as Record<string, string>;
const pool = new pg.Pool({
  connectionString: String(process.env.DATABASE_URL),
  max: Number(process.env.DATABASE_POOL ?? 10),
});

async function answer(name: string, body: string): Promise<string | null> {
  const text = statements[name];
  if (text === undefined) return null;
  const { values } = JSON.parse(body) as { values: unknown[] };
  const { rows } = await pool.query<[string]>({ name, text, values, rowMode: "array" });
  return rows[0]?.[0] ?? null;
}

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    answer(String(request.url).slice(1), Buffer.concat(chunks).toString()).then(
      (text) => {
        const bytes = Buffer.from(text ?? "");
        response.writeHead(text === null ? 404 : 200, {
          "content-type": "application/json",
          "content-length": bytes.length,
        });
        response.end(bytes);
      },
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
