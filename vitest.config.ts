import { connect } from "node:net";
import { defineConfig } from "vitest/config";
import { mutants } from "./test/filter/proof/mutants.ts";
import { mutation } from "./test/support/mutation.ts";
import { faults } from "./test/tenancy/faults.ts";

/** The same suites on the embedded database and, where one answers, on PostgreSQL. */
const postgresUrl = process.env.TEST_DATABASE_URL ?? "postgresql://postgres@127.0.0.1:5432/postgres";

const reachable = await new Promise<boolean>((resolve) => {
  const { hostname, port } = new URL(postgresUrl);
  const socket = connect({ host: hostname, port: Number(port || 5432), timeout: 1000 });
  const settle = (answer: boolean) => {
    socket.destroy();
    resolve(answer);
  };
  socket
    .once("connect", () => settle(true))
    .once("error", () => settle(false))
    .once("timeout", () => settle(false));
});
if (!reachable && process.env.CI)
  throw new Error("CI runs the tests on PostgreSQL too: set TEST_DATABASE_URL");

/**
 * The walk over the whole schema is in every run once: on PostgreSQL, where it takes half of the time, if one answers.
 * `check:tenancy` chooses the database itself.
 */
const walkedElsewhere =
  reachable && process.env.TENANCY_SHARE === undefined ? ["test/tenancy/walk.test.ts"] : [];

/** Tests that change what others would share: the modules themselves, the process, whole databases. */
const alone = [
  "test/filter/mutants.test.ts",
  "test/tenancy/faults.test.ts",
  "test/cli/**/*.test.ts",
  "test/db/migrate*.test.ts",
  "test/db/prepare.test.ts",
];

interface ProjectOptions {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Whether each file loads the product anew, which takes longer than most files' tests. */
  readonly isolate?: boolean;
  /** What is done before all of it. */
  readonly setup?: readonly string[];
}

const project = (
  name: string,
  url: string | null,
  { include = ["test/**/*.test.ts"], exclude = [], isolate = false, setup = [] }: ProjectOptions,
) => ({
  test: {
    name,
    include: [...include],
    exclude: [...exclude],
    isolate,
    globalSetup: ["test/support/global.ts", ...setup],
    env: url === null ? {} : { TEST_DATABASE_URL: url },
    provide: { postgresUrl: url },
    testTimeout: 90_000,
    hookTimeout: 240_000,
  },
  plugins: [mutation([...mutants, ...faults])],
  // Two copies of graphql in one process refuse each other's schema.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
});

// What needs no database runs once.
const onPostgres = project("postgres", postgresUrl, { exclude: [...alone, "test/unit/**"] });

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ["default", "./test/support/tally.ts"],
    coverage: {
      include: ["src/**/*.ts"],
      exclude: ["src/generated/**"],
      reporter: ["text-summary"],
    },
    projects: [
      project("pglite", null, { exclude: [...alone, ...walkedElsewhere] }),
      project("alone", null, { include: alone, isolate: true, setup: ["test/support/build.ts"] }),
      ...(reachable ? [onPostgres] : []),
    ],
  },
});
