import { randomBytes } from "node:crypto";
import { Command } from "commander";
import { createKey } from "../auth/key.ts";
import { scopesBeyond } from "../auth/rights.ts";
import type { Database } from "../db/database.ts";
import { encodeId } from "../db/ids.ts";
import { ownEvent } from "../db/write/audit.ts";
import { OrganizationMode } from "../generated/prisma/enums.ts";
import { newId } from "../lib/typeid.ts";
import { type Address, readAddress, readName, readOneOf, readOrganization } from "./arguments.ts";
import { readCountry, readCurrency, readKeyOptions, readTimeZone } from "./key-options.ts";
import { CommandError, say, UsageError } from "./run.ts";
import { withMigrated } from "./with-database.ts";

interface Options {
  readonly org: ReturnType<typeof readOrganization>;
  readonly email: Address;
  readonly user?: string;
  readonly mode?: "live" | "test";
  readonly timeZone?: string;
  readonly country?: string;
  readonly currency?: string;
  readonly scopes?: string;
  readonly expires?: string;
  readonly sources?: string;
}

/**
 * Creates a key from the command line: the first one of a new organization, or another one for a member of an
 * existing one.
 */
export const key = new Command("key")
  .usage("--org <name or id> --email <address> [options]")
  .requiredOption(
    "--org <name or id>",
    "name of a new organization, or the id of an existing one",
    readOrganization,
  )
  .requiredOption(
    "--email <address>",
    "the owner of a new organization, or a member of an existing one",
    readAddress,
  )
  .option("--user <name>", "the owner's name, for a new organization; the address by default", readName)
  .option(
    "--mode <live|test>",
    "mode of a new organization: its keys are sk_live_… or sk_test_…; live by default",
    readOneOf("live", "test"),
  )
  .option("--time-zone <name>", "time zone of a new organization; UTC by default", readTimeZone)
  .option(
    "--country <code>",
    "default country of phone numbers in a new organization, such as DE",
    readCountry,
  )
  .option("--currency <code>", "default currency of amounts in a new organization, such as EUR", readCurrency)
  .option("--scopes <names>", "scopes of the key: read, write, admin, separated by commas; admin by default")
  .option("--expires <ISO date>", "when it expires, such as 2030-01-31 (at 00:00 UTC); never by default")
  .option(
    "--sources <names>",
    "values allowed in X-Modification-Source: hubspot,pipedrive,…; none by default",
  )
  .action(async ({ org, email, user, mode, timeZone, country, currency, ...given }: Options) => {
    const options = readKeyOptions(given, new Date());
    if ("id" in org) {
      const ofNew = { user, mode, "time-zone": timeZone, country, currency };
      const [extra] = Object.entries(ofNew).flatMap(([name, value]) =>
        value === undefined ? [] : [`--${name}`],
      );
      if (extra !== undefined)
        throw new UsageError(`${extra} is for a new organization, and --org has an id`);
    }
    await withMigrated(async (database) => {
      const member =
        "id" in org
          ? await findMember(database, org.id, email)
          : await createOrganization(
              database,
              {
                name: org.name,
                mode: mode === "test" ? OrganizationMode.TEST : OrganizationMode.LIVE,
                ...(timeZone !== undefined && { timeZone }),
                ...(country !== undefined && { defaultCountry: country }),
                ...(currency !== undefined && { defaultCurrency: currency }),
              },
              { name: user ?? email.email, email: email.email, emailKey: email.key },
            );
      const beyond = given.scopes === undefined ? [] : scopesBeyond(options.scopes, member.role);
      if (beyond.length > 0) {
        throw new CommandError(
          `--scopes: this member's role is ${member.role}, which cannot have ${beyond.join(", ").toLowerCase()}`,
        );
      }
      const { key: text, ...row } = createKey(member.mode);
      const { orgId, id: memberId } = member;
      await database.prisma.$transaction([
        database.prisma.apiKey.create({
          data: { ...row, ...options, orgId, memberId, name: "Command line" },
        }),
        database.prisma.auditEvent.create({
          data: ownEvent("OPERATOR", orgId, "CREATED", "ApiKey", [row.id]),
        }),
      ]);
      say(`Organization: ${encodeId("Organization", member.orgId)}\nAPI key: ${text}`);
    });
  });

async function findMember({ prisma }: Database, orgId: string, address: Address) {
  const member = await prisma.member.findFirst({
    where: { orgId, removedAt: null, user: { is: { emailKey: address.key } } },
    include: { organization: true },
  });
  if (!member) throw new CommandError("there is no such organization, or no member of it has this address");
  return { orgId, id: member.id, mode: member.organization.mode, role: member.role };
}

/** Creates the organization, its owner (and the owner's user if the address has none), in one transaction. */
async function createOrganization(
  { prisma }: Database,
  settings: {
    readonly name: string;
    readonly mode: OrganizationMode;
    readonly timeZone?: string;
    readonly defaultCountry?: string;
    readonly defaultCurrency?: string;
  },
  owner: { name: string; email: string; emailKey: string },
) {
  const { name, mode } = settings;
  const alike = await prisma.member.findFirst({
    where: { organization: { is: { name, mode } }, user: { is: { emailKey: owner.emailKey } } },
  });
  if (alike) {
    const id = encodeId("Organization", alike.orgId);
    process.stderr.write(
      `An organization with this name and member exists already; a second one was created. For another key to the existing one use --org ${id}\n`,
    );
  }
  return prisma.$transaction(async (tx) => {
    const orgId = newId();
    await tx.organization.create({
      data: { ...settings, id: orgId, cursorSecret: new Uint8Array(randomBytes(32)) },
    });
    const user = await tx.user.upsert({
      where: { emailKey: owner.emailKey },
      create: { id: newId(), ...owner },
      update: {},
    });
    const member = await tx.member.create({ data: { orgId, id: newId(), userId: user.id, role: "OWNER" } });
    await tx.auditEvent.create({ data: ownEvent("OPERATOR", orgId, "CREATED", "Member", [member.id]) });
    return { orgId, id: member.id, mode, role: member.role };
  });
}
