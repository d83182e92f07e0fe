import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";

/**
 * PostGraphile as its documentation sets it up in library mode: the Amber preset and the filter plugin, production
 * settings, a pool as large as the others'. No row level security and no credentials: it answers whoever asks.
 */

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  // Otherwise it offers filters and orders only on columns that an index begins with.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL,
      schemas: ["public"],
      poolConfig: { max: Number(process.env.DATABASE_POOL ?? 10) },
    }),
  ],
  grafserv: { graphqlPath: "/graphql", watch: false, graphiql: false },
  grafast: { explain: false },
});
const serv = pgl.createServ(grafserv);
const server = createServer();
server.once("error", (error) => {
  throw error;
});
await serv.addTo(server);
server.listen(Number(process.env.PORT), "127.0.0.1", () => process.stdout.write("listening\n"));
if (process.argv.includes("--schema")) {
  const { printSchema } = await import("postgraphile/graphql");
  process.stdout.write(printSchema(await pgl.getSchema()));
}
