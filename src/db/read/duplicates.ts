import type { DuplicateReason } from "../../generated/prisma/enums.ts";
import type { Query } from "../open/query.ts";
import type { Principal } from "../scope/scope.ts";
import { assignedSql } from "../scope/sql.ts";

/**
 * Contacts that are likely one person, because they share a key: a mailbox, a name at a company, or a phone number. A
 * key that more than ten contacts share, such as the number of a switchboard, does not count.
 */

/** A group of a search, reduced to the contacts that the principal may see. */
export interface FoundGroup {
  readonly position: number;
  /** In percent. */
  readonly score: number;
  readonly reasons: readonly DuplicateReason[];
  /** Row ids, two at least. */
  readonly contactIds: readonly string[];
}

/** The group after which a page begins. */
export interface GroupPlace {
  readonly score: number;
  readonly position: number;
}

/** A contact that is likely the same person as another one. */
export interface Likeness {
  readonly of: string;
  readonly contactId: string;
  readonly reasons: readonly DuplicateReason[];
}

export interface DuplicateReader {
  /**
   * Groups of the latest finished search, the likeliest first. Groups with fewer than two live contacts that the
   * principal may see are skipped.
   *
   * @param after the group after which the page begins; null for the first page
   * @param backwards whether to read the groups before that one instead, the nearest first
   */
  groups(after: GroupPlace | null, take: number, backwards?: boolean): Promise<FoundGroup[]>;
  /** Number of groups that the principal can see. */
  countGroups(): Promise<number>;
  /** Live contacts that are likely the same person as each of these, by the keys that they share now. */
  likenesses(contactIds: readonly string[]): Promise<Likeness[]>;
  /**
   * The live contacts that share each key, whoever owns them. Reads one of `parts` parts of the keys, so that no answer
   * is large.
   */
  sharing(reason: DuplicateReason, part: number, parts: number): Promise<string[][]>;
  /** Number of live contacts. */
  countLive(): Promise<number>;
}

/** Maximum number of contacts that share a key that counts. */
const MOST = 10;

/** SQL of the mailbox of an address, as the index has it. */
const mailbox = (email: string) =>
  `(replace(split_part(split_part(${email}, '@', 1), '+', 1), '.', '') || '@' ||
    replace(split_part(${email}, '@', 2), 'googlemail.com', 'gmail.com'))`;

/** SQL of an order key's text without accents. */
const plain = (key: string) => `split_part(${key}, chr(1), 1)`;

/** Queries for all keys of live contacts, with the columns `key` and `id`. */
const keys: Readonly<Record<DuplicateReason, string>> = {
  SIMILAR_EMAIL: `SELECT ${mailbox("email_key")} AS key, contact_id AS id FROM contact_email
    WHERE org_id = $1::uuid AND email_key NOT LIKE '+%'`,
  SAME_NAME_AND_COMPANY: `SELECT ${plain("name_key")} || chr(1) || ${plain("company_key")} AS key, id FROM contact
    WHERE org_id = $1::uuid AND deleted_at IS NULL AND company_key <> ''`,
  SAME_PHONE: `SELECT unnest(phone_numbers) AS key, id FROM contact
    WHERE org_id = $1::uuid AND deleted_at IS NULL AND phone_numbers <> '{}'`,
};

const andSeen = (seen: string | null) => (seen === null ? "" : ` AND ${seen}`);

/**
 * For one contact `me`, the contacts that share a key with it, itself included. An index finds them, and reading stops
 * at one more than may share a key that counts. Phone numbers are sorted by an expression that no index has: without
 * the sort, because of the LIMIT, the planner would read contacts one after the other, since it estimates that an array
 * has a given item in one of two hundred rows (asked for a hundred of a million contacts: 44 s).
 *
 * @param seen SQL condition that the principal may see a contact `c`; null if they see all. Hidden contacts are not
 *   counted: otherwise whether a number counts would tell how many hidden contacts share it.
 */
const near = (seen: string | null): Readonly<Record<DuplicateReason, string>> => ({
  SIMILAR_EMAIL: `contact_email AS mine CROSS JOIN LATERAL (
      SELECT e.contact_id AS id FROM contact_email AS e
      ${seen === null ? "" : `JOIN contact AS c ON c.org_id = e.org_id AND c.id = e.contact_id AND ${seen}`}
      WHERE e.org_id = $1::uuid AND ${mailbox("e.email_key")} = ${mailbox("mine.email_key")} LIMIT ${MOST + 1}) AS c
    WHERE mine.org_id = $1::uuid AND mine.contact_id = me.id AND mine.email_key NOT LIKE '+%'
    GROUP BY ${mailbox("mine.email_key")}`,
  SAME_NAME_AND_COMPANY: `(SELECT c.id FROM contact AS c
      WHERE c.org_id = $1::uuid AND c.deleted_at IS NULL AND me.company_key <> ''
        AND c.name_key >= ${plain("me.name_key")} AND c.name_key < ${plain("me.name_key")} || chr(2)
        AND ${plain("c.company_key")} = ${plain("me.company_key")}${andSeen(seen)} LIMIT ${MOST + 1}) AS c
    HAVING count(*) > 0`,
  SAME_PHONE: `unnest(me.phone_numbers) AS mine(phone) CROSS JOIN LATERAL (
      SELECT c.id FROM contact AS c
      WHERE c.org_id = $1::uuid AND c.deleted_at IS NULL AND c.phone_numbers @> ARRAY[mine.phone]${andSeen(seen)}
      ORDER BY c.id::text LIMIT ${MOST + 1}) AS c
    GROUP BY mine.phone`,
});

const reasons = Object.keys(keys) as DuplicateReason[];

/** SQL of the id of the latest finished search. */
const latest = `(SELECT id FROM duplicate_search WHERE org_id = $1::uuid AND state = 'DONE'
  ORDER BY finished_at DESC, id DESC LIMIT 1)`;

export function duplicateReader(query: Query, principal: Principal): DuplicateReader {
  const { orgId } = principal;
  /** SQL condition that the principal may see a contact `c`; adds its parameter to `values`. Null if they see all. */
  const seen = (values: unknown[]): string | null =>
    assignedSql("Contact", "c", principal, "$1", () => `$${values.push(principal.memberId)}`);
  const visible = (values: unknown[]): string =>
    `CROSS JOIN LATERAL (
       SELECT coalesce(array_agg(c.id::text ORDER BY c.id), '{}') AS ids FROM contact AS c
       WHERE c.org_id = $1::uuid AND c.id = ANY(g.contact_ids) AND c.deleted_at IS NULL${andSeen(seen(values))}) AS v`;
  return {
    async groups(after, take, backwards = false) {
      const values: unknown[] = [orgId, take];
      const lateral = visible(values);
      const [less, more, score, position] = backwards ? [">", "<", "ASC", "DESC"] : ["<", ">", "DESC", "ASC"];
      const beyond =
        after === null
          ? ""
          : `AND (g.score ${less} $${values.push(after.score)} OR (g.score = $${values.length}
               AND g.position ${more} $${values.push(after.position)}))`;
      return query<FoundGroup>(
        `SELECT g.position, g.score, g.reasons::text[] AS reasons, v.ids AS "contactIds"
         FROM duplicate_group AS g ${lateral}
         WHERE g.org_id = $1::uuid AND g.job_id = ${latest} AND cardinality(v.ids) > 1 ${beyond}
         ORDER BY g.score ${score}, g.position ${position} LIMIT $2`,
        values,
      );
    },
    async countGroups() {
      const values: unknown[] = [orgId];
      const lateral = visible(values);
      const [row] = await query<{ count: number }>(
        `SELECT count(*)::int AS count FROM duplicate_group AS g ${lateral}
         WHERE g.org_id = $1::uuid AND g.job_id = ${latest} AND cardinality(v.ids) > 1`,
        values,
      );
      return row?.count ?? 0;
    },
    async likenesses(contactIds) {
      const values: unknown[] = [orgId, contactIds];
      const limit = seen(values);
      const found = near(limit);
      const each = reasons.map(
        (reason) =>
          `SELECT me.id AS of, '${reason}' AS reason, k.ids
           FROM me CROSS JOIN LATERAL (SELECT array_agg(DISTINCT c.id) AS ids FROM ${found[reason]}) AS k`,
      );
      return query<Likeness>(
        `WITH me AS MATERIALIZED (
           SELECT id, name_key, company_key, phone_numbers FROM contact
           WHERE org_id = $1::uuid AND id = ANY($2::uuid[]) AND deleted_at IS NULL)
         SELECT n.of::text, c.id::text AS "contactId", array_agg(DISTINCT n.reason ORDER BY n.reason) AS reasons
         FROM (${each.join(" UNION ALL ")}) AS n
         CROSS JOIN LATERAL unnest(n.ids) AS other(id)
         JOIN contact AS c ON c.org_id = $1::uuid AND c.id = other.id AND c.deleted_at IS NULL
         WHERE cardinality(n.ids) BETWEEN 2 AND ${MOST} AND c.id <> n.of${andSeen(limit)}
         GROUP BY n.of, c.id ORDER BY n.of, c.id`,
        values,
      );
    },
    async sharing(reason, part, parts) {
      const rows = await query<{ ids: string[] }>(
        `SELECT array_agg(DISTINCT k.id::text) AS ids FROM (${keys[reason]}) AS k
         WHERE (hashtext(k.key) & 2147483647) % $3::int = $2::int
         GROUP BY k.key HAVING count(DISTINCT k.id) BETWEEN 2 AND ${MOST}`,
        [orgId, part, parts],
      );
      return rows.map(({ ids }) => ids);
    },
    async countLive() {
      const [row] = await query<{ count: number }>(
        "SELECT count(*)::int AS count FROM contact WHERE org_id = $1::uuid AND deleted_at IS NULL",
        [orgId],
      );
      return row?.count ?? 0;
    },
  };
}
