/** Why a credential was refused. Callers are told less, so that they cannot tell keys that are from others. */
export type CredentialReason =
  | "no_credential"
  | "malformed_header"
  | "several_credentials"
  | "too_many_guesses"
  | "malformed_key"
  | "unknown_key"
  | "wrong_secret"
  | "wrong_mode"
  | "revoked_key"
  | "expired_key"
  | "tokens_not_accepted"
  | "malformed_token"
  | "expired_token"
  | "wrong_signature"
  | "unknown_signing_key"
  | "wrong_algorithm"
  | "wrong_issuer"
  | "wrong_audience"
  | "wrong_claim"
  | "provider_unreachable"
  | "unknown_user"
  | "wrong_organization"
  | "no_organization"
  | "organization_open";

/** What the log has of a refused credential. */
export interface RefusedCredential {
  readonly reason: CredentialReason;
  /** The API key that was named. */
  readonly keyId?: string | undefined;
}
