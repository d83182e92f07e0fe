import { effectiveScopes } from "../auth/rights.ts";
import type { Database } from "../db/database.ts";
import { scopedDb } from "../db/scope/scoped.ts";
import type { ModificationSource } from "../generated/prisma/enums.ts";
import type { Caller, Context } from "../graphql/context.ts";
import type { Address } from "./arguments.ts";
import { CommandError } from "./run.ts";

/** A caller with the organization's defaults for inputs. */
interface OrganizationCaller extends Caller {
  readonly viewer: Caller["viewer"] &
    Pick<Context["viewer"], "timeZone" | "defaultCountry" | "defaultCurrency" | "weekStart">;
}

/**
 * The member in whose name a command runs, with the rights of a request by that member.
 *
 * @param orgId UUID
 * @throws CommandError if there is no such member, or the member may only read
 */
export async function callerOf(
  database: Database,
  orgId: string,
  address: Address,
  source: ModificationSource,
): Promise<OrganizationCaller> {
  const member = await database.prisma.member.findFirst({
    where: { orgId, removedAt: null, user: { is: { emailKey: address.key } } },
    include: {
      organization: {
        select: { timeZone: true, defaultCountry: true, defaultCurrency: true, weekStart: true },
      },
    },
  });
  if (!member) throw new CommandError("there is no such organization, or no member of it has this address");
  const { id: memberId, role, dataScope, organization } = member;
  const scopes = effectiveScopes(["ADMIN"], role);
  if (!scopes.has("WRITE"))
    throw new CommandError("this member has the role READ_ONLY and cannot change anything");
  return {
    db: scopedDb(database, { orgId, memberId, dataScope }),
    now: new Date(),
    warnings: [],
    progress: { writes: 0 },
    origin: { requestId: null, address: null, job: null, operator: true },
    viewer: {
      memberId,
      role,
      dataScope,
      scopes,
      credentialId: memberId,
      apiKeyId: null,
      source,
      ...organization,
    },
  };
}
