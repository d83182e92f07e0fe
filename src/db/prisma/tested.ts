import { Prisma } from "../../generated/prisma/client.ts";

/**
 * The version of Prisma for which `test/db/prisma.test.ts` has checked what prepared reads and borrowed transactions
 * rely on: the SQL, the errors and the beginning of transactions.
 */
const TESTED = "7.10.0";

/**
 * Checks that the installed Prisma is the tested version. Only the version is checked at the start: Prisma's engine,
 * which is loaded for the first statement, would take a third of a second of CPU.
 *
 * @throws Error for another version, with instructions to test it
 */
export function requireTestedPrisma(version = Prisma.prismaVersion.client): void {
  if (version === TESTED) return;
  throw new Error(
    `Prisma ${version} is installed, but the data layer was tested with ${TESTED}: ` +
      "see docs/upgrading.md, run npx vitest run test/db, and then set the new version in src/db/prisma/tested.ts.",
  );
}
