import { type Groups, type Leaf, shapes, smartList } from "./questions.ts";
import { type Dialect, json, type Letter, type Sending, TIME } from "./types.ts";
import type { World } from "./world-data.ts";

/** Requests to the server that is written the way the documentation of Pothos and Prisma shows. */

const deals = (first: number) =>
  `deals(first: ${first}) { edges { node { id name value currency stage status } } }`;
const activities = (first: number) =>
  `activities(first: ${first}) { edges { node { id kind occurredAt subject } } }`;
const pageDocument = `query Page($first: Int!) {
  contacts(first: $first) { edges { node { id name email company ${deals(5)} ${activities(5)} } } } }`;
const listDocument = `query List($where: JSON!) { contacts(where: $where, first: 20) {
  totalCount edges { node { id name email company ${deals(5)} ${activities(5)} } } } }`;
const cardDocument = `query Card($id: ID!) { contact(id: $id) {
  id name email company phoneNumbers title createdAt custom tags { tag { name } } ${deals(25)} ${activities(25)}
  conversations(first: 25) { edges { node { id channel subject lastMessageAt } } } } }`;
const deepDocument = `query Deep($after: String!) {
  contacts(first: 50, after: $after) { edges { node { id name email company createdAt } } } }`;
const cursorDocument = "query ($id: ID!) { contactCursor(id: $id) }";
const updateDocument = `mutation Update($id: ID!, $title: String!) { contactUpdate(id: $id, title: $title) { id title } }`;

function where(leaf: Leaf): object {
  switch (leaf.kind) {
    case "tag":
      return { tags: { some: { tag: { name: leaf.name } } } };
    case "option":
    case "flag":
      return { custom: { path: [leaf.slug], equals: leaf.value } };
    case "above":
      return { custom: { path: [leaf.slug], gt: leaf.value } };
    case "days":
      return {
        AND: [
          { custom: { path: [leaf.slug], gte: leaf.from } },
          { custom: { path: [leaf.slug], lt: leaf.to } },
        ],
      };
    case "words":
      return { custom: { path: [leaf.slug], string_contains: leaf.text } };
    case "text":
      return { [leaf.field]: { contains: leaf.text, mode: "insensitive" } };
    case "source":
      return { source: leaf.value };
    case "since":
      return { createdAt: { gte: leaf.at } };
  }
}

const whereOf = (groups: Groups) => ({ OR: groups.map((leaves) => ({ AND: leaves.map(where) })) });

const sending = (org: string, query: string, variables: object): Sending => ({
  path: "/graphql",
  headers: { ...json, "x-org-id": org },
  body: JSON.stringify({ query, variables }),
});

interface Edges<Node> {
  readonly edges: readonly { readonly node: Node }[];
}
interface Card {
  readonly id: string;
  readonly tags?: readonly { tag: { name: string } }[];
  readonly deals?: Edges<object>;
  readonly activities?: Edges<object>;
  readonly conversations?: Edges<object>;
}
interface Answer {
  readonly data: {
    readonly contacts?: Edges<Card> & { readonly totalCount?: number };
    readonly contact?: Card;
    readonly contactUpdate?: Card;
    readonly contactCursor?: string;
  };
}

const nodes = <Node>({ edges }: Edges<Node>): Node[] => edges.map(({ node }) => node);
const plainCard = ({ tags, deals: of, activities: did, conversations, ...rest }: Card) => ({
  ...rest,
  ...(tags && { tags: tags.map(({ tag }) => tag.name).sort() }),
  ...(of && { deals: nodes(of) }),
  ...(did && { activities: nodes(did) }),
  ...(conversations && { conversations: nodes(conversations) }),
});

export const plain: Dialect = {
  name: "plain",
  async sendings(letter: Letter, { org: { id: org }, heavy, cards, targets, deep }: World, ask) {
    switch (letter) {
      case "a":
        return [sending(org, pageDocument, { first: 50 })];
      case "b":
        return [sending(heavy.id, pageDocument, { first: 50 })];
      case "c":
        return [sending(org, listDocument, { where: whereOf(smartList) })];
      case "d":
        return cards.map((id) => sending(org, cardDocument, { id }));
      case "e": {
        const answer = (await ask(sending(org, cursorDocument, { id: deep.id }))) as Answer;
        return [sending(org, deepDocument, { after: answer.data.contactCursor })];
      }
      case "f":
        return shapes.map((groups) => sending(org, listDocument, { where: whereOf(groups) }));
      case "g":
        return targets.map((id, at) => sending(org, updateDocument, { id, title: `Buyer ${at}, ${TIME}` }));
    }
  },
  read(_letter, answer) {
    const { contacts, contact, contactUpdate } = (answer as Answer).data;
    if (contacts) return { total: contacts.totalCount, rows: nodes(contacts).map(plainCard) };
    return plainCard(contact ?? contactUpdate ?? { id: "none" });
  },
};
