import { expect } from "vitest";
import { graphql } from "../generated/gql.ts";
import type { ContactCreateInput, ContactUpdateInput } from "../generated/graphql.ts";
import { send, sendText } from "./client.ts";
import { Organization } from "./makers.ts";

/** Writes contacts through the API, for the tests of contactCreate and contactUpdate. */

const Create = graphql(`
  mutation CreateContact($input: ContactCreateInput!) {
    contactCreate(input: $input) {
      contact {
        id name firstName lastName email phoneNumbers company title source notes url linkedinUrl linkedinSalesUrl
        address { street city state zip country }
        allowPhoneCalls doNotContact callCount lastModificationSource version
        owner { id }
        tags { name }
        customFields { slug value }
      }
      errors { __typename code path message ... on DuplicateContactError { existing { id } } ... on CustomFieldError { slug suggestions } }
    }
  }
`);

const Update = graphql(`
  mutation UpdateContact($id: ID!, $input: ContactUpdateInput!, $expectedVersion: Int) {
    contactUpdate(id: $id, input: $input, expectedVersion: $expectedVersion) {
      contact { id name firstName lastName email phoneNumbers company title address { city } version tags { name } customFields { slug value } }
      errors { __typename code path ... on VersionConflictError { current { version } } }
    }
  }
`);

/** An organization with custom fields and tags, and its owner's calls that write contacts. */
export async function contactWriter() {
  const organization = await Organization.make();
  await organization.customField({
    slug: "industry",
    type: "SELECT",
    options: ["Technology", "Retail"],
    slot: "text1",
  });
  await organization.customField({ slug: "team_size", type: "TEXT", slot: "text2" });
  await organization.customField({ slug: "score", type: "NUMBER", slot: "number1" });
  await organization.tag("Enterprise");
  await organization.tag("VIP");

  const { key } = organization;
  let addresses = 0;
  const address = () => `person${++addresses}@example.com`;
  const create = async (input: ContactCreateInput) => (await send(key, Create, { input })).contactCreate;
  const update = async (id: string, input: ContactUpdateInput, expectedVersion?: number) =>
    (
      await send(key, Update, {
        id,
        input,
        ...(expectedVersion !== undefined && { expectedVersion }),
      })
    ).contactUpdate;
  const made = async (input: ContactCreateInput) => {
    const { contact, errors } = await create(input);
    expect(errors).toEqual([]);
    if (!contact) throw new Error("not created");
    return contact;
  };
  const found = async (filter: string) => {
    const { data } = await sendText(key, `{ contacts(${filter}) { nodes { id } } }`);
    return (data as unknown as { contacts: { nodes: { id: string }[] } }).contacts.nodes.map(
      (node) => node.id,
    );
  };
  return { organization, address, create, update, made, found };
}
