import { pino } from "pino";
import type { VerifyToken } from "../../src/auth/token.ts";
import type { JobKind, JobRows } from "../../src/jobs/kind.ts";
import type { runJob } from "../../src/jobs/runner.ts";
import type { createServer } from "../../src/server/server.ts";
import { testDatabase } from "../support/database.ts";
import type { Caller } from "./callers.ts";

/** The entries to the product: a server that interprets, one that compiles, and the jobs. */

/** The product's modules, which are loaded again with a planted fault. */
export interface Product {
  readonly createServer: typeof createServer;
  readonly runJob: typeof runJob;
  readonly kinds: { readonly [Name in keyof JobRows]: JobKind<Name> };
}

export async function loadProduct(): Promise<Product> {
  const { createServer: server } = await import("../../src/server/server.ts");
  const { runJob: run } = await import("../../src/jobs/runner.ts");
  const kinds = {
    importJob: (await import("../../src/jobs/import/import.kind.ts")).importKind,
    exportJob: (await import("../../src/jobs/export/export.kind.ts")).exportKind,
    bulkJob: (await import("../../src/jobs/bulk/bulk.kind.ts")).bulkKind,
    duplicateSearch: (await import("../../src/jobs/duplicates/duplicates.kind.ts")).duplicateKind,
  };
  return { createServer: server, runJob: run, kinds };
}

export interface Said {
  readonly status: number;
  /** Status, headers and body: everything that the caller sees. */
  readonly text: string;
  readonly body: string;
}

export type Headers = Caller["headers"];

export interface Request {
  readonly query: string;
  readonly variables: object;
}

const silent = pino({ level: "silent" });

export class Doors {
  /** Bytes of answers that were read. */
  bytes = 0;
  requests = 0;

  private constructor(
    private readonly product: Product,
    private readonly servers: Readonly<Record<"interpreting" | "compiling", ReturnType<typeof createServer>>>,
  ) {}

  static async of(product: Product, verifyToken: VerifyToken): Promise<Doors> {
    const database = await testDatabase();
    const server = (compileAfter: number) =>
      product.createServer({
        database,
        logger: silent,
        corsOrigins: [],
        bodyLimit: 1_048_576,
        fileLimit: 2_097_152,
        graphiql: null,
        verifyToken,
        compileAfter,
      });
    return new Doors(product, { interpreting: server(Number.POSITIVE_INFINITY), compiling: server(0) });
  }

  ask(
    headers: Headers,
    { query, variables }: Request,
    by: "interpreting" | "compiling" = "interpreting",
  ): Promise<Said> {
    return this.#fetch(by, "/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query, variables }),
    });
  }

  /** Sends an operation whose `$v0.file` is a file. */
  upload(headers: Headers, { query, variables }: Request, file: string): Promise<Said> {
    const form = new FormData();
    form.append("operations", JSON.stringify({ query, variables }));
    form.append("map", JSON.stringify({ 0: ["variables.v0.file"] }));
    form.append("0", new Blob([file]), "walked.csv");
    return this.#fetch("interpreting", "/graphql", {
      method: "POST",
      headers: { "x-graphql-yoga-csrf": "1", ...headers },
      body: form,
    });
  }

  download(headers: Headers, path: string): Promise<Said> {
    return this.#fetch("interpreting", path, { headers: { ...headers } });
  }

  /** Runs a job to its end. */
  async work(kind: keyof JobRows, orgId: string, id: string): Promise<void> {
    const database = await testDatabase();
    const { runJob: run, kinds } = this.product;
    await (run as (...args: unknown[]) => Promise<unknown>)(database, silent, kinds[kind], {}, { orgId, id });
    // A worker of another test may have claimed it.
    const jobs = database.prisma[kind] as unknown as {
      findFirst(args: object): Promise<{ state: string } | null>;
    };
    for (;;) {
      const job = await jobs.findFirst({ where: { orgId, id }, select: { state: true } });
      if (!job || !["QUEUED", "RUNNING"].includes(job.state)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #fetch(by: keyof Doors["servers"], path: string, init: RequestInit): Promise<Said> {
    const response = await this.servers[by].fetch(`http://test${path}`, init);
    const body = Buffer.from(await response.arrayBuffer()).toString();
    const head = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    this.bytes += body.length;
    this.requests += 1;
    return { status: response.status, text: [response.status, ...head, body].join("\n"), body };
  }
}
