import { allOf, anyOf, type Groups, type Leaf, shapes, smartList } from "./questions.ts";
import { type Dialect, json, type Letter, type Sending, TIME } from "./types.ts";
import type { World } from "./world-data.ts";

/**
 * PostGraphile's requests. It has the product's derived columns to filter by, under the same indexes, and is told the
 * ids of tags, which the product has to look up.
 */

const deals = (
  first: number,
) => `deals: dealsByOrgIdAndContactId(first: ${first}, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
  nodes { rowId name value currency stage status } }`;
const activities = (
  first: number,
) => `activities: activitiesByOrgIdAndContactId(first: ${first}, orderBy: [OCCURRED_AT_DESC, ROW_ID_DESC]) {
  nodes { rowId kind occurredAt subject } }`;
const newest = "orderBy: [CREATED_AT_DESC, ROW_ID_DESC]";
const live = "condition: { orgId: $org, deletedAt: null }";

const pageDocument = `query Page($org: UUID!, $first: Int!) { contacts: allContacts(${live}, ${newest}, first: $first) {
  nodes { rowId name email company ${deals(5)} ${activities(5)} } } }`;
const listDocument = `query List($org: UUID!, $filter: ContactFilter!) {
  contacts: allContacts(${live}, filter: $filter, ${newest}, first: 20) {
    totalCount nodes { rowId name email company ${deals(5)} ${activities(5)} } } }`;
const cardDocument = `query Card($org: UUID!, $id: UUID!) { contact: contactByOrgIdAndRowId(orgId: $org, rowId: $id) {
  rowId name email company phoneNumbers title createdAt custom
  tags: contactTagsByOrgIdAndContactId { nodes { tag: tagByOrgIdAndTagId { name } } }
  ${deals(25)} ${activities(25)}
  conversations: conversationsByOrgIdAndContactId(first: 25, orderBy: [LAST_MESSAGE_AT_DESC, ROW_ID_DESC]) {
    nodes { rowId channel subject lastMessageAt } } } }`;
const deepDocument = `query Deep($org: UUID!, $after: Cursor!) {
  contacts: allContacts(${live}, ${newest}, first: 50, after: $after) { nodes { rowId name email company createdAt } } }`;
const placeDocument = `query ($org: UUID!, $offset: Int!) {
  contacts: allContacts(${live}, ${newest}, first: 1, offset: $offset) { edges { cursor } } }`;
const updateDocument = `mutation Update($org: UUID!, $id: UUID!, $title: String!) {
  update: updateContactByOrgIdAndRowId(input: { orgId: $org, rowId: $id, contactPatch: { title: $title } }) {
    contact { rowId title } } }`;

function comparison(leaf: Leaf, { org }: World): object {
  const slot = "slug" in leaf ? (org.definitions.find(({ slug }) => slug === leaf.slug)?.slot ?? "") : "";
  switch (leaf.kind) {
    case "tag":
      return { tagIds: { contains: [org.tags.get(leaf.name)] } };
    case "option":
    case "flag":
      return { facets: { contains: [`custom.${leaf.slug}:${leaf.value}`] } };
    case "above":
      return { [slot]: { greaterThan: String(leaf.value) } };
    case "days":
      return { [slot]: { greaterThanOrEqualTo: `${leaf.from}T00:00:00Z`, lessThan: `${leaf.to}T00:00:00Z` } };
    case "words":
      return { [slot]: { includes: leaf.text } };
    case "text":
      return { [`${leaf.field}Key`]: { includes: leaf.text }, searchText: { includes: leaf.text } };
    case "source":
      return { sourceKey: { equalTo: leaf.value.toLowerCase() } };
    case "since":
      return { createdAt: { greaterThanOrEqualTo: leaf.at } };
  }
}

const filterOf = (groups: Groups, world: World) =>
  anyOf(groups.map((leaves) => allOf(leaves.map((leaf) => comparison(leaf, world)))));

const sending = (query: string, variables: object): Sending => ({
  path: "/graphql",
  headers: json,
  body: JSON.stringify({ query, variables }),
});

interface Nodes<Node> {
  readonly nodes: readonly Node[];
}
interface Row {
  readonly rowId: string;
}
interface Card extends Row {
  readonly tags?: Nodes<{ tag: { name: string } }>;
  readonly deals?: Nodes<Row>;
  readonly activities?: Nodes<Row>;
  readonly conversations?: Nodes<Row>;
}
interface Answer {
  readonly data: {
    readonly contacts?: Nodes<Card> & { readonly totalCount?: number; readonly edges?: { cursor: string }[] };
    readonly contact?: Card;
    readonly update?: { contact: Card };
  };
}

const plainRow = ({ rowId, ...row }: Row) => ({ ...row, id: rowId });
const plainCard = ({ tags, deals, activities, conversations, ...rest }: Card) => ({
  ...plainRow(rest),
  ...(tags && { tags: tags.nodes.map(({ tag }) => tag.name).sort() }),
  ...(deals && { deals: deals.nodes.map(plainRow) }),
  ...(activities && { activities: activities.nodes.map(plainRow) }),
  ...(conversations && { conversations: conversations.nodes.map(plainRow) }),
});

export const postgraphile: Dialect = {
  name: "postgraphile",
  async sendings(letter: Letter, world, ask) {
    const { cards, targets, deep } = world;
    const org = world.org.id;
    switch (letter) {
      case "a":
        return [sending(pageDocument, { org, first: 50 })];
      case "b":
        return [sending(pageDocument, { org: world.heavy.id, first: 50 })];
      case "c":
        return [sending(listDocument, { org, filter: filterOf(smartList, world) })];
      case "d":
        return cards.map((id) => sending(cardDocument, { org, id }));
      case "e": {
        const answer = (await ask(sending(placeDocument, { org, offset: deep.row - 1 }))) as Answer;
        return [sending(deepDocument, { org, after: answer.data.contacts?.edges?.[0]?.cursor })];
      }
      case "f":
        return shapes.map((groups) => sending(listDocument, { org, filter: filterOf(groups, world) }));
      case "g":
        return targets.map((id, at) => sending(updateDocument, { org, id, title: `Buyer ${at}, ${TIME}` }));
    }
  },
  read(_letter, answer) {
    const { contacts, contact, update } = (answer as Answer).data;
    if (contacts) return { total: contacts.totalCount, rows: contacts.nodes.map(plainCard) };
    return plainCard(contact ?? update?.contact ?? { rowId: "none" });
  },
};
