import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Instance } from "./instance.ts";
import { creating, holds } from "./traffic.ts";
import type { Scenario } from "./world.ts";

/** Many want the same at the same moment. */

const AT_ONCE = 50;
const MERGE =
  "mutation ($input: ContactMergeInput!) { contactMerge(input: $input) { contact { id } errors { code } } }";

type Created = { contactCreate?: { contact: { id: string } | null; errors: { code: string }[] } } | null;

export const races: readonly Scenario[] = [
  {
    name: `${AT_ONCE} at once create a contact with the same address`,
    short: true,
    async run(world) {
      const server = await world.serve({ DATABASE_WAIT_MS: "30000" });
      const rounds = world.long ? 20 : 2;
      for (let round = 0; round < rounds; round += 1) {
        const email = `${world.name}-${round}@example.com`;
        const answers = await Promise.all(
          Array.from({ length: AT_ONCE }, (_, at) =>
            world.ask(server, ...creating("Same", email, `${email} ${at}`)),
          ),
        );
        const made = answers.filter(({ data }) => (data as Created)?.contactCreate?.contact);
        const taken = answers.filter(
          ({ data }) => (data as Created)?.contactCreate?.errors[0]?.code === "EMAIL_TAKEN",
        );
        holds(
          made.length === 1 && taken.length === AT_ONCE - 1,
          `${made.length} made it and ${taken.length} were told that it is taken: ${JSON.stringify(answers.find((each) => each.status !== 200))}`,
        );
      }
      return `${rounds} rounds, one made it in each`;
    },
  },
  {
    name: `${AT_ONCE} at once send the same request under the same idempotency key`,
    short: true,
    async run(world) {
      const server = await world.serve({ DATABASE_WAIT_MS: "30000" });
      const rounds = world.long ? 20 : 2;
      for (let round = 0; round < rounds; round += 1) {
        const email = `${world.name}-${round}@example.com`;
        const answers = await Promise.all(
          Array.from({ length: AT_ONCE }, () => world.ask(server, ...creating("Once", email))),
        );
        const ids = new Set(answers.map(({ data }) => (data as Created)?.contactCreate?.contact?.id));
        holds(ids.size === 1 && !ids.has(undefined), `${ids.size} answers: ${[...ids].join(", ")}`);
        const { rows } = await world.cluster.sql(
          `SELECT count(*)::int AS count FROM contact WHERE email = '${email}'`,
        );
        holds(rows[0]?.count === 1, `${rows[0]?.count} contacts`);
      }
      return `${rounds} rounds, the same answer ${AT_ONCE} times in each`;
    },
  },
  {
    name: `${AT_ONCE} at once merge A into B and B into A`,
    async run(world) {
      const server = await world.serve({ DATABASE_WAIT_MS: "30000" });
      const rounds = world.long ? 20 : 2;
      const codes = new Map<string, number>();
      for (let round = 0; round < rounds; round += 1) {
        const ids: string[] = [];
        for (const side of ["a", "b"]) {
          const email = `${world.name}-${round}-${side}@example.com`;
          const { data } = await world.ask(server, ...creating(side, email));
          ids.push((data as Created)?.contactCreate?.contact?.id ?? "");
        }
        const [a = "", b = ""] = ids;
        const answers = await Promise.all(
          Array.from({ length: AT_ONCE }, (_, at) =>
            world.ask(
              server,
              MERGE,
              at % 2
                ? { input: { primaryId: a, duplicateIds: [b] } }
                : { input: { primaryId: b, duplicateIds: [a] } },
            ),
          ),
        );
        let merged = 0;
        for (const { status, data, code } of answers) {
          const payload = (
            data as { contactMerge?: { contact: object | null; errors: { code: string }[] } } | null
          )?.contactMerge;
          if (payload?.contact) merged += 1;
          else {
            const why = payload?.errors[0]?.code ?? `${status} ${code}`;
            codes.set(why, (codes.get(why) ?? 0) + 1);
          }
        }
        const { rows } = await world.cluster.sql(
          `SELECT count(*) FILTER (WHERE deleted_at IS NULL)::int AS live, count(*) FILTER (WHERE merged_into_id IS NOT NULL)::int AS merged
           FROM contact WHERE name IN ('a', 'b') AND (email LIKE '${world.name}-${round}-%' OR merged_into_id IS NOT NULL)
             AND id IN (SELECT id FROM contact ORDER BY created_at DESC LIMIT 2)`,
        );
        holds(merged === 1, `${merged} merges were done: ${JSON.stringify([...codes])}`);
        holds(rows[0]?.live === 1 && rows[0]?.merged === 1, `afterwards ${JSON.stringify(rows[0])}`);
      }
      return `${rounds} rounds, one merge in each; the others were told ${[...codes].map(([code, count]) => `${count} × ${code}`).join(", ")}`;
    },
  },
  {
    name: "DATA_DIR has one holder: two starts at once, after a kill, and of a copy",
    short: true,
    async run({ long }) {
      const directory = await mkdtemp(join(tmpdir(), "rolograph-holder-"));
      const DATA_DIR = join(directory, "data");
      const start = () => Instance.start({ DATA_DIR });
      const outcome = (starting: Promise<Instance>) =>
        starting.then(
          (instance) => ({ instance, refused: "" }),
          (error: Error) => ({ instance: null, refused: error.message }),
        );
      try {
        const rounds = long ? 20 : 2;
        for (let round = 0; round < rounds; round += 1) {
          const both = await Promise.all([outcome(start()), outcome(start())]);
          const [served, other] = both[0]?.instance ? both : [both[1], both[0]];
          holds(both.filter(({ instance }) => instance).length === 1, "both serve, or none does");
          holds(/is in use by/.test(other?.refused ?? ""), `the other one says: ${other?.refused}`);
          if (round === 0) {
            // A copy, as a backup that is restored elsewhere, has a lock of its own.
            await cp(DATA_DIR, join(directory, "copy"), { recursive: true });
          }
          await served?.instance?.kill();
        }
        const copy = await outcome(Instance.start({ DATA_DIR: join(directory, "copy") }));
        const again = await outcome(start());
        holds(again.instance !== null, `after a kill it does not start: ${again.refused}`);
        holds(
          copy.instance !== null || !/in use/.test(copy.refused),
          `a copy is taken for held: ${copy.refused}`,
        );
        await Promise.all([again.instance?.stop(), copy.instance?.stop()]);
        return `${rounds} rounds of two starts, one served in each`;
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  },
];
