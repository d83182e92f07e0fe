import { pino } from "pino";
import { prepareDatabase } from "../../src/db/migrate/prepare.ts";
import { openDatabase } from "../../src/db/open/database.ts";
import { Listener } from "../../src/server/listener.ts";
import { createServer } from "../../src/server/server.ts";

/** The server with connections given in the order of asking, which lanes are compared with. */

const database = await openDatabase(
  {
    kind: "postgres",
    url: process.env.DATABASE_URL ?? "",
    poolSize: 10,
    wait: 1_500,
    statementTimeout: 30_000,
  },
  { inOrder: true },
);
await prepareDatabase(database);
const gateway = createServer({
  database,
  logger: pino({ level: "silent" }),
  corsOrigins: [],
  bodyLimit: 1_048_576,
  fileLimit: 1_048_576,
  graphiql: null,
});
const listener = new Listener(gateway, { keepAliveTimeout: 75_000, shutdownDelay: 0 });
const port = await listener.listen(0, "127.0.0.1");
process.stdout.write(`GraphQL: http://127.0.0.1:${port}/graphql\n`);
