import { columnOf } from "../../src/db/prisma/columns.ts";
import type { Org } from "./organization.ts";

/**
 * What somebody who knows the tables would write. Each question has several spellings; the fastest one is what the
 * product is measured against, so that no clever form is overlooked and none is taken on trust.
 */

/** A statement with its operands, as the driver takes it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Notes an operand and gives its place holder. */
export type Operands = (value: unknown, type?: string) => string;

/** A condition on a contact as disjuncts: a row of the answer fulfils at least one of them. */
export type Condition = (operand: Operands, org: Org) => readonly string[];

/** A whole statement by other means, such as a sum of counts. */
export type Spelling = (operand: Operands, org: Org) => string;

const PAGE = 51;

/** The columns that the product reads too: the two are compared for how they find rows, not for what they carry. */
const columns = ["org_id", "id", "name", "email", "company", "created_at"]
  .map((column) => `contact.${column}`)
  .join(", ");

const newest = "ORDER BY created_at DESC, id DESC";
const live = (operand: Operands, org: Org) => `org_id = ${operand(org.id, "uuid")} AND deleted_at IS NULL`;

/** Full rows of the newest of some hits. */
const page = (hits: string): string =>
  `WITH hit AS MATERIALIZED (${hits}),
     top AS MATERIALIZED (SELECT id, created_at FROM hit ${newest} LIMIT ${PAGE})
   SELECT ${columns} FROM top JOIN contact ON contact.org_id = $1::uuid AND contact.id = top.id
   ORDER BY top.created_at DESC, top.id DESC`;

/** The planner's own choice. */
const plainList =
  (condition: Condition): Spelling =>
  (operand, org) => {
    const base = live(operand, org);
    return `SELECT ${columns} FROM contact WHERE ${base} AND (${any(condition(operand, org))}) ${newest} LIMIT ${PAGE}`;
  };

const any = (disjuncts: readonly string[]): string =>
  disjuncts.map((disjunct) => `(${disjunct})`).join(" OR ");

/** All hits first, by whatever finds them, then the newest, then their rows. */
const gathered =
  (condition: Condition): Spelling =>
  (operand, org) => {
    const base = live(operand, org);
    return page(`SELECT id, created_at FROM contact WHERE ${base} AND (${any(condition(operand, org))})`);
  };

/** Each disjunct by an index of its own. */
const united =
  (condition: Condition): Spelling =>
  (operand, org) => {
    const base = live(operand, org);
    const parts = condition(operand, org).map(
      (disjunct) => `SELECT id, created_at FROM contact WHERE ${base} AND ${disjunct}`,
    );
    return page(parts.join(" UNION "));
  };

/** The newest of each disjunct are enough. */
const newestOfEach =
  (condition: Condition): Spelling =>
  (operand, org) => {
    const base = live(operand, org);
    const parts = condition(operand, org).map(
      (disjunct) =>
        `(SELECT id, created_at FROM contact WHERE ${base} AND ${disjunct} ${newest} LIMIT ${PAGE})`,
    );
    return page(parts.join(" UNION "));
  };

const plainCount =
  (condition: Condition): Spelling =>
  (operand, org) => {
    const base = live(operand, org);
    return `SELECT count(*) FROM contact WHERE ${base} AND (${any(condition(operand, org))})`;
  };

const unitedCount =
  (condition: Condition): Spelling =>
  (operand, org) => {
    const base = live(operand, org);
    const parts = condition(operand, org).map((part) => `SELECT id FROM contact WHERE ${base} AND ${part}`);
    return `SELECT count(*) FROM (${parts.join(" UNION ")}) AS hit`;
  };

const isUnion = (condition: Condition, org: Org): boolean => condition(() => "", org).length > 1;

/** Spellings of a list, all of one answer. */
export const listSpellings = (conditions: readonly Condition[], org: Org): Spelling[] =>
  conditions.flatMap((condition) => [
    plainList(condition),
    gathered(condition),
    ...(isUnion(condition, org) ? [united(condition), newestOfEach(condition)] : []),
  ]);

/** Spellings of a count, all of one answer. */
export const countSpellings = (conditions: readonly Condition[], org: Org): Spelling[] =>
  conditions.flatMap((condition) => [
    plainCount(condition),
    ...(isUnion(condition, org) ? [unitedCount(condition)] : []),
  ]);

/** A spelling for one organization. The first operand is always its id. */
export function write(spelling: Spelling, org: Org): Statement {
  const values: unknown[] = [];
  const text = spelling((value, type) => {
    const known = values.indexOf(value);
    if (known < 0) values.push(value);
    return `$${known < 0 ? values.length : known + 1}${type ? `::${type}` : ""}`;
  }, org);
  return { text, values };
}

/** A page of rows that fulfil all of some conditions, as the planner finds it. */
export const pageAfter = (condition: Condition): Spelling =>
  plainList((operand, org) => [condition(operand, org).join(" AND ")]);

/**
 * Live contacts that carry a tag: the pairs of the join table, less those of the trash. Reads no contact that lives.
 *
 * @param tags the array's spelling: an empty list beside it keeps the index of tags out, since few are in the trash
 */
export const tagCount =
  (tag: string, tags = "tag_ids"): Spelling =>
  (operand, org) => {
    const [id, tagId] = [operand(org.id, "uuid"), operand(org.tags.get(tag), "uuid")];
    return `SELECT (SELECT count(*) FROM contact_tag WHERE org_id = ${id} AND tag_id = ${tagId})
      - (SELECT count(*) FROM contact WHERE org_id = ${id} AND deleted_at IS NOT NULL AND ${tags} @> ARRAY[${tagId}])`;
  };

/** Live contacts; an index holds exactly these. */
export const liveCount: Spelling = (operand, org) =>
  `SELECT count(*) FROM contact WHERE org_id = ${operand(org.id, "uuid")} AND deleted_at IS NULL`;

/** What is left of all live contacts without some. */
export const allBut =
  (some: Spelling): Spelling =>
  (operand, org) =>
    `SELECT (${liveCount(operand, org)}) - (${some(operand, org)})`;

/** Live contacts with a value in a slot: its index has the trashed ones too, which are few. */
export const slotCount =
  (slot: string): Spelling =>
  (operand, org) => {
    const id = operand(org.id, "uuid");
    return `SELECT (SELECT count(*) FROM contact WHERE org_id = ${id} AND ${slot} IS NOT NULL)
      - (SELECT count(*) FROM contact WHERE org_id = ${id} AND ${slot} IS NOT NULL AND deleted_at IS NOT NULL)`;
  };

/** The column of a custom field's slot. */
export function slotOf(org: Org, slug: string): string {
  const slot = org.definitions.find((definition) => definition.slug === slug)?.slot;
  if (!slot) throw new Error(`${slug} has no slot`);
  return columnOf(slot);
}
