import { Prisma } from "../../generated/prisma/client.ts";

/**
 * The version of Prisma whose SQL, whose errors and whose way to begin transactions `test/db/prisma.test.ts` has looked at.
 * Reads are replayed as that one wrote them.
 */
const TESTED = "7.10.0";

/**
 * Whether Prisma is the one that was tested. No more of it is looked at when a process starts: its engine, which is loaded
 * for its first statement, takes a third of a second of CPU.
 *
 * @throws Error that says what to look at
 */
export function requireTestedPrisma(version = Prisma.prismaVersion.client): void {
  if (version === TESTED) return;
  throw new Error(
    `Prisma ${version} is installed, and what the data layer relies on was looked at in ${TESTED}: ` +
      "see docs/upgrading.md, run npx vitest run test/db, and then name the new version in src/db/prisma/tested.ts.",
  );
}
