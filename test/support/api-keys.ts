import { expect } from "vitest";
import { graphql } from "../generated/gql.ts";
import type { ApiKeyCreateInput } from "../generated/graphql.ts";
import { send } from "./client.ts";

/** Creating, listing and revoking API keys, for tests. `by` is the key of the caller. */

export const Create = graphql(`
  mutation CreateKey($input: ApiKeyCreateInput!, $idempotencyKey: String) {
    apiKeyCreate(input: $input, idempotencyKey: $idempotencyKey) {
      key
      apiKey { id name prefix scopes sources member { id } createdAt expiresAt lastUsedAt revokedAt }
      errors { __typename code message path }
    }
  }
`);
const Revoke = graphql(`
  mutation RevokeKey($id: ID!) {
    apiKeyRevoke(id: $id) { apiKey { id revokedAt } errors { __typename code message path } }
  }
`);
export const List = graphql(`
  query ListKeys { apiKeys { id name prefix scopes sources member { id } createdAt expiresAt lastUsedAt revokedAt } }
`);

export const create = async (by: string, input: ApiKeyCreateInput, idempotencyKey?: string) =>
  (await send(by, Create, { input, ...(idempotencyKey !== undefined && { idempotencyKey }) })).apiKeyCreate;
export const revoke = async (by: string, id: string) => (await send(by, Revoke, { id })).apiKeyRevoke;

/** A created key with its secret; a refusal fails the test. */
export async function created(by: string, input: ApiKeyCreateInput) {
  const { key, apiKey, errors } = await create(by, input);
  expect(errors).toEqual([]);
  if (!key || !apiKey) throw new Error("not created");
  return { key, ...apiKey };
}
