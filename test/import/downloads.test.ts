import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { expect, test } from "vitest";
import type { Database } from "../../src/db/database.ts";
import { decodeId } from "../../src/db/ids.ts";
import { createServer } from "../../src/server/server.ts";
import { testDatabase } from "../support/database.ts";
import { imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Downloads that do not come to their end. */

/** A database that goes away after the first rows that an import refused were read. */
function breaking(database: Database): Database {
  let times = 0;
  const read: Database["reads"]["read"] = async (model, ...rest) => {
    if (model === "importError") times += 1;
    if (times > 1) throw new Error("the database is gone");
    return database.reads.read(model, ...rest);
  };
  return { ...database, reads: { ...database.reads, read } };
}

async function serve(database: Database) {
  const logger = pino({ level: "silent" });
  const limits = { bodyLimit: 1_048_576, fileLimit: 2_097_152 };
  const http = createHttpServer(
    createServer({ database, logger, corsOrigins: [], ...limits, graphiql: null }),
  );
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return { url, stop: () => new Promise((resolve) => http.close(resolve)) };
}

/** An import that refused more rows than are read at once. */
async function refusedImport(organization: Organization) {
  const job = await imported(organization, "name,email\nAda,nonsense\n");
  const { prisma } = await testDatabase();
  const row = {
    orgId: organization.id,
    jobId: decodeId(job.id)?.uuid ?? "",
    position: 0,
    line: 2,
    code: "REQUIRED",
  };
  await prisma.importError.createMany({
    data: Array.from({ length: 3_000 }, (_, at) => ({
      ...row,
      row: at + 2,
      message: "x".repeat(100),
      raw: "",
    })),
  });
  return job;
}

test("when the database goes away during a download, the download breaks off and the server serves on", async () => {
  const organization = await Organization.make();
  const job = await refusedImport(organization);
  const { url, stop } = await serve(breaking(await testDatabase()));
  const headers = { authorization: `Bearer ${organization.key}` };
  try {
    const response = await fetch(`${url}/imports/${job.id}/errors.csv`, { headers });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow(/terminated/);
    const body = JSON.stringify({ query: "{ __typename }" });
    const json = { ...headers, "content-type": "application/json" };
    const after = await fetch(`${url}/graphql`, { method: "POST", headers: json, body });
    expect(await after.json()).toEqual({ data: { __typename: "Query" } });
  } finally {
    await stop();
  }
});
