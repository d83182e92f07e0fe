import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { createKey } from "../auth/key.ts";
import { scopesBeyond } from "../auth/scopes.ts";
import { readConfig } from "../config.ts";
import { applyMigrations } from "../db/migrate/migrate.ts";
import { type Database, openDatabase } from "../db/open/database.ts";
import { OrganizationMode } from "../generated/prisma/enums.ts";
import { emailKey } from "../lib/email.ts";
import { decodeId, encodeId, newId } from "../lib/typeid.ts";
import { readKeyOptions } from "./key-options.ts";
import { runCommand, UsageError } from "./run.ts";

const usage = `npm run key -- --org <name> --email <address> [--user <name>] [--mode live|test]
    makes an organization, its owner, and a key
npm run key -- --org <organization id> --email <address>
    makes one more key for that member of an existing organization

Both take:
    --scopes read,write,admin          what the key may be used for; admin when left out
    --expires <ISO date>               when it ends, such as 2030-01-31 (at 00:00 UTC); never when left out
    --sources hubspot,pipedrive,…      the systems as which it may say to write; none when left out`;

/** Makes a key from the command line: the first one of a new organization, or another one of an old. */
runCommand(async () => {
  const { values } = parseArgs({
    options: {
      org: { type: "string" },
      email: { type: "string" },
      user: { type: "string" },
      mode: { type: "string", default: "live" },
      scopes: { type: "string" },
      expires: { type: "string" },
      sources: { type: "string" },
    },
  });
  const { org, email, user, mode } = values;
  const options = readKeyOptions(values, new Date());
  const address = emailKey(email ?? "");
  if (!org || !email || !address) throw new UsageError(usage);
  const parsedMode = Object.values(OrganizationMode).find((name) => name === mode.toUpperCase());
  if (!parsedMode) throw new UsageError(`--mode must be live or test\n\n${usage}`);
  const database = await openDatabase(readConfig(process.env).database);
  try {
    await applyMigrations(database.pool, database.embedded);
    const existing = decodeId(org);
    const member = existing
      ? await findMember(database, existing.uuid, address)
      : await createOrganization(database, org, parsedMode, {
          name: user ?? email,
          email,
          emailKey: address,
        });
    const beyond = values.scopes === undefined ? [] : scopesBeyond(options.scopes, member.role);
    if (beyond.length > 0) {
      throw new UsageError(
        `--scopes: this member's role is ${member.role}, which cannot have ${beyond.join(", ").toLowerCase()}`,
      );
    }
    const { key, ...row } = createKey(member.mode);
    await database.prisma.apiKey.create({
      data: { ...row, ...options, orgId: member.orgId, memberId: member.id, name: "Command line" },
    });
    process.stdout.write(`Organization: ${encodeId("Organization", member.orgId)}\nAPI key: ${key}\n`);
    return 0;
  } finally {
    await database.close();
  }
});

async function findMember({ prisma }: Database, orgId: string, address: string) {
  const member = await prisma.member.findFirst({
    where: { orgId, user: { is: { emailKey: address } } },
    include: { organization: true },
  });
  if (!member) throw new UsageError("there is no such organization, or the address is not a member's of it");
  return { orgId, id: member.id, mode: member.organization.mode, role: member.role };
}

/** The organization, its owner's user where they have none yet, and their membership, in one transaction. */
function createOrganization(
  { prisma }: Database,
  name: string,
  mode: OrganizationMode,
  owner: { name: string; email: string; emailKey: string },
) {
  return prisma.$transaction(async (tx) => {
    const orgId = newId();
    await tx.organization.create({
      data: { id: orgId, name, mode, cursorSecret: new Uint8Array(randomBytes(32)) },
    });
    const user = await tx.user.upsert({
      where: { emailKey: owner.emailKey },
      create: { id: newId(), ...owner },
      update: {},
    });
    const member = await tx.member.create({ data: { orgId, id: newId(), userId: user.id, role: "OWNER" } });
    return { orgId, id: member.id, mode, role: member.role };
  });
}
