import { graphql } from "../generated/gql.ts";
import type { LeadConvertInput, LeadCreateInput, LeadUpdateInput } from "../generated/graphql.ts";
import { send } from "../support/client.ts";
import type { Organization } from "../support/makers.ts";

/** Creating, changing and converting leads, for tests. */

const Create = graphql(`
  mutation CreateLead($input: LeadCreateInput!) {
    leadCreate(input: $input) {
      lead {
        id name email phone company source notes status version lastModificationSource
        dealValue { amount currency } owner { id } tags { name } customFields { slug value }
      }
      errors { __typename code path message }
    }
  }
`);

const Update = graphql(`
  mutation UpdateLead($id: ID!, $input: LeadUpdateInput!, $expectedVersion: Int) {
    leadUpdate(id: $id, input: $input, expectedVersion: $expectedVersion) {
      lead { id name email phone status version dealValue { amount currency } tags { name } customFields { slug value } }
      errors { __typename code path ... on VersionConflictError { currentVersion current { id } record { __typename id } } }
    }
  }
`);

export const Convert = graphql(`
  mutation ConvertLead($id: ID!, $input: LeadConvertInput, $idempotencyKey: String) {
    leadConvert(id: $id, input: $input, idempotencyKey: $idempotencyKey) {
      lead { id status convertedAt convertedContact { id } convertedDeal { id } }
      contact {
        id name email phoneNumbers company callCount tags { name } customFields { slug value }
        convertedLeads { id } deals { nodes { id name } } activities { totalCount }
      }
      contactOutcome
      deal { id name stage value { amount currency } lead { id } contact { id } }
      errors { __typename code path ... on DuplicateContactError { existing { id } } }
    }
  }
`);

/** @param of the organization, whose owner asks where no other key is given */
export function leadsOf(of: () => Organization) {
  const create = async (input: LeadCreateInput, as = of().key) =>
    (await send(as, Create, { input })).leadCreate;
  const update = async (id: string, input: LeadUpdateInput, expectedVersion?: number) =>
    (await send(of().key, Update, { id, input, ...(expectedVersion !== undefined && { expectedVersion }) }))
      .leadUpdate;
  const convert = async (id: string, input?: LeadConvertInput, more: { idempotencyKey?: string } = {}) =>
    (await send(of().key, Convert, { id, ...(input && { input }), ...more })).leadConvert;
  const made = async (input: LeadCreateInput) => {
    const { lead, errors } = await create(input);
    if (!lead) throw new Error(JSON.stringify(errors));
    return lead;
  };
  return { create, update, convert, made };
}
