/** Why a credential was refused. Callers are told less, so that they cannot find out which keys exist. */
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

/** What is logged about a refused credential. */
export interface RefusedCredential {
  readonly reason: CredentialReason;
  /** Id of the API key that the credential names. */
  readonly keyId?: string | undefined;
}
