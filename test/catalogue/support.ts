import { graphql } from "../generated/gql.ts";

/** The document of tests that create custom fields. */
export const Create = graphql(`
  mutation CreateCustomField($input: CustomFieldCreateInput!) {
    customFieldCreate(input: $input) {
      customField { id slug name entity type options position folder { id } }
      errors { code path message }
    }
  }
`);
