import { decodeId } from "../db/ids.ts";
import { ModificationSource } from "../generated/prisma/enums.ts";
import { RequestError } from "../lib/errors.ts";
import type { CredentialReason, RefusedCredential } from "../lib/refused-credential.ts";

/** Credential, organization and source in the headers of a request. A repeated header is one value with a comma. */

export const unauthenticated = (message: string, reason: CredentialReason) =>
  new RequestError("UNAUTHENTICATED", message, { status: 401 }, { reason });

/** A wrong credential. It is counted, because it may be a guess. */
export class WrongCredential extends RequestError {
  constructor(message: string, why: RefusedCredential) {
    super("UNAUTHENTICATED", message, { status: 401 }, why);
  }
}

/** The same error for a forged token and an unknown user. */
export const invalidToken = (reason: CredentialReason) =>
  new WrongCredential("The token is not valid.", { reason });

/** The same error for an organization that does not exist and one that the caller is not a member of. */
export const organizationForbidden = () =>
  new RequestError(
    "ORG_FORBIDDEN",
    "The caller is not in this organization.",
    { status: 403 },
    { reason: "wrong_organization" },
  );

/** The credential in `Authorization: Bearer …`. */
export function readBearer(headers: Headers): string {
  const header = headers.get("authorization");
  if (header === null) {
    throw unauthenticated(
      "Send an API key or a token in the header: Authorization: Bearer sk_live_…, sk_test_… or <token>.",
      "no_credential",
    );
  }
  if (header.includes(",")) {
    throw new RequestError(
      "AMBIGUOUS_CREDENTIALS",
      "Send one Authorization header.",
      { status: 400 },
      { reason: "several_credentials" },
    );
  }
  const [, credential] = /^Bearer +(\S+)$/i.exec(header) ?? [];
  if (credential === undefined) {
    throw unauthenticated(
      "The Authorization header must read: Bearer <API key or token>.",
      "malformed_header",
    );
  }
  return credential;
}

/** The organization that `X-Org-Id` names; null without the header. */
export function readOrganization(headers: Headers): string | null {
  const header = headers.get("x-org-id");
  if (header === null) return null;
  if (header.includes(",")) {
    throw new RequestError(
      "AMBIGUOUS_CREDENTIALS",
      "Send one X-Org-Id header.",
      { status: 400 },
      { reason: "several_credentials" },
    );
  }
  const decoded = decodeId(header);
  if (decoded?.type === "Organization") return decoded.uuid;
  throw new RequestError(
    "BAD_REQUEST",
    "X-Org-Id must be the id of an organization, such as organization_01h4….",
    { status: 400, field: "X-Org-Id" },
  );
}

/**
 * The source recorded with the caller's changes: the value of `X-Modification-Source`, if the API key allows it;
 * otherwise API.
 *
 * @param sources values that the API key allows
 */
export function readSource(headers: Headers, sources: readonly ModificationSource[]): ModificationSource {
  const field = "X-Modification-Source";
  const header = headers.get(field);
  if (header === null) return "API";
  const source = Object.values(ModificationSource).find((name) => name === header);
  if (source === undefined) {
    const known = Object.values(ModificationSource).join(", ");
    throw new RequestError("BAD_REQUEST", `${field} must be one of ${known}.`, { status: 400, field });
  }
  if (source === "API" || sources.includes(source)) return source;
  throw new RequestError("INSUFFICIENT_SCOPE", `This credential may not write as ${source}.`, {
    status: 403,
    field,
  });
}
