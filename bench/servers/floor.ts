import { type Groups, type Leaf, shapes, smartList } from "./questions.ts";
import { type Dialect, json, type Letter, type Sending, TIME } from "./types.ts";
import type { World } from "./world-data.ts";

/**
 * The floor: one statement a request that returns the JSON, written by hand, prepared under a name, and no credentials.
 * The process behind it is given these statements by name.
 */

const newest = "ORDER BY created_at DESC, id DESC";

const listed = (table: string, columns: string, order: string, first: number) =>
  `coalesce((SELECT json_agg(x) FROM (SELECT ${columns} FROM ${table} WHERE org_id = $1 AND contact_id = c.id
    ORDER BY ${order} DESC, id DESC LIMIT ${first}) AS x), '[]')`;
const deals = (first: number) =>
  listed("deal", "id, name, value::text, currency, stage, status", "created_at", first);
const activities = (first: number) =>
  listed("activity", 'id, kind, occurred_at AS "occurredAt", subject', "occurred_at", first);
const conversations = listed(
  "conversation",
  'id, channel, subject, last_message_at AS "lastMessageAt"',
  "last_message_at",
  25,
);
const card = `json_build_object('id', c.id, 'name', c.name, 'email', c.email, 'company', c.company,
  'deals', ${deals(5)}, 'activities', ${activities(5)})`;
const rowsOf = (object: string) =>
  `coalesce(json_agg(${object} ORDER BY c.created_at DESC, c.id DESC), '[]')`;
const live = "FROM contact WHERE org_id = $1 AND deleted_at IS NULL";

const page = `SELECT json_build_object('rows', ${rowsOf(card)})::text
  FROM (SELECT id, name, email, company, created_at ${live} ${newest} LIMIT $2) AS c`;

const whole = `SELECT json_build_object('id', c.id, 'name', c.name, 'email', c.email, 'company', c.company,
    'phoneNumbers', c.phone_numbers, 'title', c.title, 'createdAt', c.created_at, 'custom', c.custom,
    'tags', coalesce((SELECT json_agg(t.name ORDER BY t.name COLLATE "C") FROM contact_tag AS ct
      JOIN tag AS t ON t.org_id = ct.org_id AND t.id = ct.tag_id WHERE ct.org_id = $1 AND ct.contact_id = c.id), '[]'),
    'deals', ${deals(25)}, 'activities', ${activities(25)}, 'conversations', ${conversations})::text
  FROM contact AS c WHERE org_id = $1 AND id = $2`;

const deep = `SELECT json_build_object('rows', ${rowsOf(
  "json_build_object('id', c.id, 'name', c.name, 'email', c.email, 'company', c.company, 'createdAt', c.created_at)",
)})::text
  FROM (SELECT id, name, email, company, created_at ${live} AND (created_at, id) < ($2, $3) ${newest} LIMIT 50) AS c`;

const update = `UPDATE contact SET title = $3, updated_at = now(), version = version + 1
  WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING json_build_object('id', id, 'title', title)::text`;

/** All hits once: their number, and the newest of them. */
const list = (
  condition: string,
) => `WITH hit AS MATERIALIZED (SELECT id, created_at ${live} AND (${condition})),
    top AS MATERIALIZED (SELECT id FROM hit ${newest} LIMIT 20)
  SELECT json_build_object('total', (SELECT count(*) FROM hit), 'rows', ${rowsOf(card)})::text
  FROM contact AS c WHERE org_id = $1 AND id IN (SELECT id FROM top)`;

type Operand = (value: unknown, type: string) => string;

function condition(leaf: Leaf, { org }: World, operand: Operand): string {
  const field = "slug" in leaf ? (org.definitions.find(({ slug }) => slug === leaf.slug)?.slot ?? "") : "";
  const slot = field.replace(/\d/, (digit) => `_${digit}`);
  switch (leaf.kind) {
    case "tag":
      return `tag_ids @> ARRAY[${operand(org.tags.get(leaf.name), "uuid")}]`;
    case "option":
    case "flag":
      return `facets @> ARRAY[${operand(`custom.${leaf.slug}:${leaf.value}`, "text")}]`;
    case "above":
      return `${slot} > ${operand(leaf.value, "numeric")}`;
    case "days":
      return `${slot} >= ${operand(leaf.from, "timestamptz")} AND ${slot} < ${operand(leaf.to, "timestamptz")}`;
    case "words":
      return `${slot} LIKE ${operand(`%${leaf.text}%`, "text")}`;
    case "text": {
      const pattern = operand(`%${leaf.text}%`, "text");
      return `${leaf.field}_key LIKE ${pattern} AND search_text LIKE ${pattern}`;
    }
    case "source":
      return `source_key = ${operand(leaf.value.toLowerCase(), "text")}`;
    case "since":
      return `created_at >= ${operand(leaf.at, "timestamptz")}`;
  }
}

function listOf(groups: Groups, world: World): { text: string; values: unknown[] } {
  const values: unknown[] = [world.org.id];
  const operand: Operand = (value, type) => `$${values.push(value)}::${type}`;
  const text = groups
    .map((leaves) => `(${leaves.map((leaf) => condition(leaf, world, operand)).join(" AND ")})`)
    .join(" OR ");
  return { text: list(text), values };
}

/** What the floor's process can be asked for. */
export const floorStatements = (world: World): Readonly<Record<string, string>> => ({
  page,
  whole,
  deep,
  update,
  smart: listOf(smartList, world).text,
  ...Object.fromEntries(shapes.map((groups, at) => [`shape${at}`, listOf(groups, world).text])),
});

const sending = (statement: string, values: readonly unknown[]): Sending => ({
  path: `/${statement}`,
  headers: json,
  body: JSON.stringify({ values }),
});

export const floor: Dialect = {
  name: "floor",
  async sendings(letter: Letter, world) {
    const { cards, targets, deep: place } = world;
    const org = world.org.id;
    switch (letter) {
      case "a":
        return [sending("page", [org, 50])];
      case "b":
        return [sending("page", [world.heavy.id, 50])];
      case "c":
        return [sending("smart", listOf(smartList, world).values)];
      case "d":
        return cards.map((id) => sending("whole", [org, id]));
      case "e":
        return [sending("deep", [org, place.createdAt, place.id])];
      case "f":
        return shapes.map((groups, at) => sending(`shape${at}`, listOf(groups, world).values));
      case "g":
        return targets.map((id, at) => sending("update", [org, id, `Buyer ${at}, ${TIME}`]));
    }
  },
  read: (_letter, answer) => answer,
};
