import { newId } from "../../src/lib/typeid.ts";
import { graphql } from "../generated/gql.ts";
import type { ContactMergeInput } from "../generated/graphql.ts";
import { send } from "./client.ts";
import type { Organization } from "./makers.ts";

/** Merges contacts and undoes merges, for tests. */

export const Merge = graphql(`
  mutation MergeContacts($input: ContactMergeInput!, $dryRun: Boolean, $idempotencyKey: String) {
    contactMerge(input: $input, dryRun: $dryRun, idempotencyKey: $idempotencyKey) {
      contact {
        id name email phoneNumbers company title notes doNotContact callCount lastCallAt version
        tags { name } customFields { slug value }
        deals { totalCount nodes { id } } activities { totalCount } conversations { totalCount }
      }
      merge { id undoneAt primary { id } duplicates { id removed mergedInto { id } } mergedBy { id } }
      choices { field value from { id } }
      moves { deals activities conversations tags }
      errors { __typename code path ... on AlreadyMergedError { survivor { id } } }
    }
  }
`);

export const Unmerge = graphql(`
  mutation UnmergeContacts($mergeId: ID!) {
    contactUnmerge(mergeId: $mergeId) {
      contact { id name email company callCount tags { name } customFields { slug value } deals { nodes { id } } activities { totalCount } }
      restored { id name email removed mergedInto { id } tags { name } deals { nodes { id } } activities { totalCount } }
      leftAlone { deals activities conversations fields }
      errors { __typename code path ... on RestoreConflictError { blockedBy { id } } }
    }
  }
`);

/** @param of returns the organization; `pair` needs its custom fields `industry` and `size` */
export function mergesOf(of: () => Organization) {
  const merge = async (input: ContactMergeInput, more: { dryRun?: boolean; idempotencyKey?: string } = {}) =>
    (await send(of().key, Merge, { input, ...more })).contactMerge;
  const unmerge = async (mergeId: string) => (await send(of().key, Unmerge, { mergeId })).contactUnmerge;

  /** A primary and a duplicate, each with a deal, an activity, a conversation and tags. */
  async function pair() {
    const organization = of();
    const suffix = newId().slice(-8);
    const primary = await organization.contact({
      name: "Primary",
      company: "Acme",
      tags: ["a", "b"],
      custom: { industry: "Retail" },
      callCount: 2,
      lastCallAt: new Date("2026-01-01T00:00:00Z"),
    });
    const duplicate = await organization.contact({
      name: "Duplicate",
      email: `dup-${suffix}@example.com`,
      company: "Other",
      title: "CTO",
      phoneNumbers: ["+33612345678"],
      tags: ["b", "c"],
      custom: { industry: "Technology", size: 7 },
      callCount: 3,
      lastCallAt: new Date("2026-02-01T00:00:00Z"),
    });
    const deals = [];
    for (const { id } of [primary, duplicate]) {
      deals.push(await organization.deal({ contactId: id }));
      await organization.activity({ contactId: id });
      await organization.conversation({ contactId: id });
    }
    return { primary, duplicate, deals, email: `dup-${suffix}@example.com` };
  }

  return { merge, unmerge, pair };
}
