import { mkdir, writeFile } from "node:fs/promises";
import pg from "pg";
import { findPostgres } from "./servers/cluster.ts";
import { path } from "./servers/commands.ts";
import { end, endWhenInterrupted } from "./servers/ending.ts";
import { growthRows, growthTable } from "./servers/growth.ts";
import { readGrowthOptions } from "./servers/growth-options.ts";
import { dropCrowd, openCrowd } from "./servers/growth-world.ts";
import { machine, revision } from "./servers/report.ts";
import { dropWorld, openWorld } from "./servers/world.ts";

/**
 * What the product's statements read as an organization grows, and as other organizations do: rows and pages, which no
 * clock disturbs. `npm run bench -- --growth` from the root, or `npm run growth` here.
 */

endWhenInterrupted();
const say = (text: string) => process.stdout.write(`${text}\n`);
const options = readGrowthOptions(process.argv.slice(2));
const server = await findPostgres(say);
const admin = new pg.Client(server);
await admin.connect();
const { rows: versions } = await admin.query<{ server_version: string }>("SHOW server_version");
const report = {
  date: new Date().toISOString(),
  revision: await revision(),
  machine: machine(versions[0]?.server_version ?? ""),
  organizations: options.organizations,
  rows: await growthRows(
    [
      ...options.sizes.map((size) => ({
        name: `${size} contacts in 2 organizations`,
        open: async () => {
          const { url, org } = await openWorld(admin, server, size, say, "growth");
          return { url, key: org.key };
        },
      })),
      ...(options.organizations > 0
        ? [
            {
              name: `200 contacts among ${options.organizations} organizations`,
              open: () => openCrowd(admin, server, options.organizations, say),
            },
          ]
        : []),
    ],
    say,
  ),
};
say(`\n${growthTable(report.rows)}`);
if (options.dry) {
  say("No results are written.");
} else {
  await mkdir(path("../results"), { recursive: true });
  await writeFile(path("../results/growth.json"), `${JSON.stringify(report, null, 2)}\n`);
  say("written: bench/results/growth.json");
}
if (options.drop) {
  for (const size of options.sizes) await dropWorld(admin, size, "growth");
  await dropCrowd(admin, options.organizations);
}
await admin.end();
await end();
