import { setTimeout as pause } from "node:timers/promises";
import type { Answer, Instance } from "./instance.ts";
import { creating, holds } from "./traffic.ts";
import type { Scenario, World } from "./world.ts";

/** The database answers, but refuses: it is full, locked, slow, or takes no writes. */

const READ = "{ contacts(first: 1) { nodes { id } } }";

const told = ({ status, code, failed }: Answer) => `${status} ${code ?? (failed ? "an error" : "OK")}`;

const read = (world: World, server: Instance) => world.ask(server, READ).then(told);

const write = (world: World, server: Instance) =>
  world.ask(server, ...creating("X", `${world.name}-${crypto.randomUUID()}@example.com`)).then(told);

async function answers(world: World, server: Instance) {
  return { read: await read(world, server), write: await write(world, server) };
}

async function answersAtOnce(world: World, server: Instance) {
  const [reading, writing] = await Promise.all([read(world, server), write(world, server)]);
  return { read: reading, write: writing };
}

const fine = "200 OK";
const away = "503 SERVICE_UNAVAILABLE";

async function expectAnswers(world: World, server: Instance, toRead: string, toWrite: string): Promise<void> {
  const found = await answers(world, server);
  holds(
    found.read === toRead && found.write === toWrite,
    `a read was answered ${found.read} instead of ${toRead}, a write ${found.write} instead of ${toWrite}`,
  );
}

/** A setting of the database that makes it refuse, and what is answered meanwhile. */
const refusing = (
  name: string,
  [begin, end]: readonly [string, string],
  toRead: string,
  toWrite: string,
  env: Readonly<Record<string, string>> = {},
): Scenario => ({
  name,
  short: true,
  async run(world) {
    const server = await world.serve(env);
    await expectAnswers(world, server, fine, fine);
    try {
      await world.cluster.sql(begin);
      await world.cluster.terminate();
      await pause(100);
      await expectAnswers(world, server, toRead, toWrite);
    } finally {
      await world.cluster.sql(end);
      await world.cluster.terminate();
    }
    await pause(100);
    await expectAnswers(world, server, fine, fine);
    return `a read ${toRead}, a write ${toWrite}; afterwards both ${fine}`;
  },
});

export const refusals: readonly Scenario[] = [
  refusing(
    "the server may have no connection (53300)",
    ["ALTER ROLE app CONNECTION LIMIT 0", "ALTER ROLE app CONNECTION LIMIT -1"],
    away,
    away,
  ),
  refusing(
    "the database is read-only (25006)",
    [
      "ALTER ROLE app SET default_transaction_read_only = on",
      "ALTER ROLE app RESET default_transaction_read_only",
    ],
    fine,
    away,
  ),
  refusing(
    "the disk is full (53100)",
    [
      `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no space' USING ERRCODE = '53100'; END $$;
       CREATE TRIGGER full_disk BEFORE INSERT ON contact FOR EACH STATEMENT EXECUTE FUNCTION full_disk()`,
      "DROP FUNCTION full_disk() CASCADE",
    ],
    fine,
    away,
  ),
  {
    name: "a table is locked: lock_timeout (55P03) and statement_timeout (57014)",
    short: true,
    async run(world) {
      const found: string[] = [];
      for (const [setting, env, expected] of [
        ["ALTER ROLE app SET lock_timeout = '300ms'", {}, away],
        ["ALTER ROLE app RESET lock_timeout", { STATEMENT_TIMEOUT_MS: "300" }, "504 TIMEOUT"],
      ] as const) {
        await world.cluster.sql(setting);
        const server = await world.serve(env);
        await expectAnswers(world, server, fine, fine);
        const letGo = await world.cluster.lock("contact");
        await expectAnswers(world, server, expected, expected);
        await letGo();
        await expectAnswers(world, server, fine, fine);
        await server.stop();
        found.push(expected);
      }
      return `${found.join(", then ")}; afterwards ${fine}`;
    },
  },
  {
    name: "sessions are terminated while their statements run (57P01): reads are sent again, a write is told to be",
    short: true,
    async run(world) {
      const server = await world.serve({ DATABASE_WAIT_MS: "30000" });
      await expectAnswers(world, server, fine, fine);
      const letGo = await world.cluster.lock("contact");
      const asked = answersAtOnce(world, server);
      await world.cluster.waiting(2);
      await world.cluster.terminate();
      // The read is there again, and waits for the lock as before.
      await world.cluster.waiting(1);
      await letGo();
      const found = await asked;
      holds(
        found.read === fine && found.write === away,
        `the read was answered ${found.read} instead of ${fine}, the write ${found.write} instead of ${away}`,
      );
      await expectAnswers(world, server, fine, fine);
      return `the read ${found.read}, the write ${found.write}; afterwards both ${fine}`;
    },
  },
];
