import { decodeId, encodeId } from "../../src/db/ids.ts";
import { allOf, anyOf, type Groups, type Leaf, shapes, smartList } from "./questions.ts";
import { type Dialect, json, type Letter, type Sending, TIME } from "./types.ts";
import type { World } from "./world-data.ts";

/** The product's requests: with an API key, which is looked up with each of them. */

const children = `deals(first: 5) { nodes { id name value { amount currency } stage status } }
  activities(first: 5) { nodes { id kind occurredAt subject } }`;
export const pageDocument = `query Page($first: Int!) {
  contacts(first: $first) { nodes { id name email company ${children} } } }`;
const listDocument = `query List($query: SmartListQueryInput, $filter: ContactFilter) {
  contacts(query: $query, filter: $filter, first: 20) { totalCount nodes { id name email company ${children} } } }`;
const cardDocument = `query Card($id: ID!) { contact(id: $id) {
  id name email company phoneNumbers title createdAt tags { name } customFields { slug value }
  deals(first: 25) { nodes { id name value { amount currency } stage status } }
  activities(first: 25) { nodes { id kind occurredAt subject } }
  conversations(first: 25) { nodes { id channel subject lastMessageAt } } } }`;
const deepDocument = `query Deep($after: String!) {
  contacts(first: 50, after: $after) { nodes { id name email company createdAt } } }`;
const placeDocument = "query ($offset: Int!) { contacts(first: 1, offset: $offset) { edges { cursor } } }";
const updateDocument = `mutation Update($id: ID!, $title: String!) {
  contactUpdate(id: $id, input: { title: $title }) { contact { id title } errors { code message } } }`;

/** A leaf of the generic form, as the README's smart list is written. */
function condition(leaf: Leaf): object {
  switch (leaf.kind) {
    case "tag":
      return { field: "tags", op: "CONTAINS", value: leaf.name };
    case "option":
      return { field: `custom.${leaf.slug}`, op: "EQ", value: leaf.value };
    case "since":
      return { field: "created_at", op: "GTE", value: leaf.at };
    case "text":
      return { field: leaf.field, op: "CONTAINS", value: leaf.text };
    default:
      throw new Error(`the smart list has no ${leaf.kind}`);
  }
}

/** A leaf of the typed form. */
function comparison(leaf: Leaf): object {
  switch (leaf.kind) {
    case "tag":
      return { tags: { hasAny: [leaf.name] } };
    case "option":
      return { customFields: [{ slug: leaf.slug, select: { eq: leaf.value } }] };
    case "flag":
      return { customFields: [{ slug: leaf.slug, boolean: { eq: leaf.value } }] };
    case "above":
      return { customFields: [{ slug: leaf.slug, number: { gt: String(leaf.value) } }] };
    case "days":
      return { customFields: [{ slug: leaf.slug, date: { gte: leaf.from, lt: leaf.to } }] };
    case "words":
      return { customFields: [{ slug: leaf.slug, text: { contains: leaf.text } }] };
    case "text":
      return { [leaf.field]: { contains: leaf.text } };
    case "source":
      return { source: { eq: leaf.value } };
    case "since":
      return { createdAt: { gte: leaf.at } };
  }
}

const typed = (groups: Groups) => anyOf(groups.map((leaves) => allOf(leaves.map(comparison))));
const generic = (groups: Groups) => ({
  groups: groups.map((leaves) => ({ conditions: leaves.map(condition) })),
});

const sending = (key: string, query: string, variables: object): Sending => ({
  path: "/graphql",
  headers: { ...json, authorization: `Bearer ${key}` },
  body: JSON.stringify({ query, variables }),
});

/** The request of workload a, of so many contacts. */
export const pageSending = ({ org }: World, first = 50): Sending => sending(org.key, pageDocument, { first });

const contactId = (uuid: string) => encodeId("Contact", uuid);
const uuidOf = (id: string) => decodeId(id)?.uuid ?? id;

interface Nodes<Node> {
  readonly nodes: readonly Node[];
}
interface Card {
  readonly id: string;
  readonly tags?: readonly { name: string }[];
  readonly customFields?: readonly { slug: string; value: unknown }[];
  readonly deals?: Nodes<{ id: string; value: { amount: string; currency: string } }>;
  readonly activities?: Nodes<{ id: string }>;
  readonly conversations?: Nodes<{ id: string }>;
}
interface Answer {
  readonly data: {
    readonly contacts?: Nodes<Card> & { readonly totalCount?: number; readonly edges?: { cursor: string }[] };
    readonly contact?: Card;
    readonly contactUpdate?: { contact: { id: string; title: string } };
  };
}

const plainCard = ({ id, tags, customFields, deals, activities, conversations, ...rest }: Card) => ({
  ...rest,
  id: uuidOf(id),
  ...(tags && { tags: tags.map(({ name }) => name).sort() }),
  ...(customFields && { custom: Object.fromEntries(customFields.map(({ slug, value }) => [slug, value])) }),
  ...(deals && {
    deals: deals.nodes.map(({ id: dealId, value, ...deal }) => ({
      ...deal,
      id: uuidOf(dealId),
      value: value.amount,
      currency: value.currency,
    })),
  }),
  ...(activities && { activities: activities.nodes.map((row) => ({ ...row, id: uuidOf(row.id) })) }),
  ...(conversations && { conversations: conversations.nodes.map((row) => ({ ...row, id: uuidOf(row.id) })) }),
});

export const rolograph: Dialect = {
  name: "rolograph",
  async sendings(letter: Letter, world, ask) {
    const { org, heavy, cards, targets, deep } = world;
    switch (letter) {
      case "a":
        return [pageSending(world)];
      case "b":
        return [sending(heavy.key, pageDocument, { first: 50 })];
      case "c":
        return [sending(org.key, listDocument, { query: generic(smartList) })];
      case "d":
        return cards.map((id) => sending(org.key, cardDocument, { id: contactId(id) }));
      case "e": {
        const answer = (await ask(sending(org.key, placeDocument, { offset: deep.row - 1 }))) as Answer;
        return [sending(org.key, deepDocument, { after: answer.data.contacts?.edges?.[0]?.cursor })];
      }
      case "f":
        return shapes.map((groups) => sending(org.key, listDocument, { filter: typed(groups) }));
      case "g":
        return targets.map((id, at) =>
          sending(org.key, updateDocument, { id: contactId(id), title: `Buyer ${at}, ${TIME}` }),
        );
    }
  },
  read(_letter, answer) {
    const { contacts, contact, contactUpdate } = (answer as Answer).data;
    if (contacts) return { total: contacts.totalCount, rows: contacts.nodes.map(plainCard) };
    return contact ? plainCard(contact) : plainCard(contactUpdate?.contact ?? { id: "none" });
  },
};
