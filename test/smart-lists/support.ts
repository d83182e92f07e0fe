import { graphql } from "../generated/gql.ts";
import type {
  SmartListCreateInput,
  SmartListQueryInput,
  SmartListReplaceInput,
} from "../generated/graphql.ts";
import { send } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** Smart lists of an organization with four contacts, for tests. */

export const Create = graphql(`
  mutation CreateSmartList($input: SmartListCreateInput!) {
    smartListCreate(input: $input) {
      smartList {
        id name position version columns timeZone isValid count
        query { groups { conditions { field op value } } }
        order { field customField direction nulls }
      }
      errors { __typename code path message }
    }
  }
`);

const Replace = graphql(`
  mutation ReplaceSmartLists($input: [SmartListReplaceInput!]!, $expectedVersion: Int!) {
    smartListsReplace(input: $input, expectedVersion: $expectedVersion) {
      smartLists { id name position }
      version
      errors { __typename code path message ... on VersionConflictError { currentVersion record { id } } }
    }
  }
`);

const Read = graphql(`
  query ReadSmartLists {
    smartListsVersion
    smartLists { id name isValid problems { code path } count contacts { totalCount nodes { name } } }
  }
`);

/** An organization with Ann, Bob, Cyd, and Dee, who is in the trash. */
export async function makeOrganization(): Promise<Organization> {
  const organization = await Organization.make();
  await organization.customField({ slug: "industry", type: "TEXT", slot: "text1" });
  await organization.contact({ name: "Ann", tags: ["vip"], custom: { industry: "Technology" } });
  await organization.contact({ name: "Bob", tags: ["vip"] });
  await organization.contact({ name: "Cyd", custom: { industry: "Retail" } });
  await organization.contact({ name: "Dee", tags: ["vip"], deletedAt: new Date() });
  return organization;
}

export const query = (
  ...conditions: SmartListQueryInput["groups"][number]["conditions"]
): SmartListQueryInput => ({
  groups: [{ conditions }],
});
export const vip = query({ field: "tags", op: "CONTAINS", value: "vip" });
export const technology = query({ field: "custom.industry", op: "EQ", value: "Technology" });

/** @param of the organization, whose owner asks where no other key is given */
export function smartListsOf(of: () => Organization) {
  const create = async (input: SmartListCreateInput, as = of().key) =>
    (await send(as, Create, { input })).smartListCreate;
  const made = async (name: string, which: SmartListQueryInput) => {
    const { smartList, errors } = await create({ name, query: which });
    if (!smartList) throw new Error(JSON.stringify(errors));
    return smartList;
  };
  const replace = async (input: SmartListReplaceInput[], expectedVersion: number, as = of().key) =>
    (await send(as, Replace, { input, expectedVersion })).smartListsReplace;
  const read = (as = of().key) => send(as, Read);
  return { create, made, replace, read };
}
