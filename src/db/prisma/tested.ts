import { Prisma } from "../../generated/prisma/client.ts";

/**
 * The version of Prisma for which `test/db/prisma.test.ts` has checked the SQL, the errors and the beginning of
 * transactions, on which prepared reads and borrowed transactions rely.
 */
const TESTED = "7.10.0";

/**
 * Checks that the installed Prisma is the tested one. A start checks no more than the version: Prisma's engine, loaded
 * for the first statement, would take a third of a second of CPU.
 *
 * @throws Error for another version, saying how to test it
 */
export function requireTestedPrisma(version = Prisma.prismaVersion.client): void {
  if (version === TESTED) return;
  throw new Error(
    `Prisma ${version} is installed, and what the data layer relies on was looked at in ${TESTED}: ` +
      "see docs/upgrading.md, run npx vitest run test/db, and then name the new version in src/db/prisma/tested.ts.",
  );
}
