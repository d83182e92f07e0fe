import { Prisma } from "../../generated/prisma/browser.ts";
import type { ImportError } from "../../generated/prisma/client.ts";
import type { Query } from "../open/query.ts";
import { columnOf } from "../prisma/columns.ts";
import { ScopeError } from "../scope/rules.ts";
import type { Principal } from "../scope/scope.ts";
import type { AddressMoves } from "./contact-emails.ts";

/** A row by Prisma's field names; dates as Date or ISO text, JSON as it is. */
type BulkRow = Readonly<Record<string, unknown>> & { readonly id: string };

/** An address to add to a contact. */
interface HeldAddress {
  /** Comparison key. */
  readonly key: string;
  /** Row id of the contact. */
  readonly id: string;
}

/** A stored error of an import's row. */
export type ImportErrorRow = Omit<ImportError, "orgId">;

/** Errors inserted by one statement; each has up to 10,000 characters of the file. */
const ERRORS = 500;

/** Inserts and updates of many contacts or leads, each with values of its own. */
export interface ManyRowStatements {
  /**
   * Inserts contacts with their addresses. A column that a row omits becomes null, so rows must be complete.
   *
   * @param addresses by comparison key, in the order of the keys
   */
  insertContacts(rows: readonly BulkRow[], addresses: readonly HeldAddress[]): Promise<void>;
  /** The same for leads. */
  insertLeads(rows: readonly BulkRow[]): Promise<void>;
  /** Stores errors of an import's rows. Prisma would block the event loop for a millisecond for each. */
  insertImportErrors(errors: readonly ImportErrorRow[]): Promise<void>;
  /** Sets these fields of contacts or leads, for each row to its own values; purged rows are skipped. */
  update(table: "contact" | "lead", fields: readonly string[], rows: readonly BulkRow[]): Promise<void>;
  /**
   * The same for contacts whose addresses change too. Takes one more statement if some lose an address.
   *
   * @param moves the changes of addresses, by contact
   */
  updateContacts(
    fields: readonly string[],
    rows: readonly BulkRow[],
    moves: readonly (AddressMoves & { readonly id: string })[],
  ): Promise<void>;
}

const fieldsOf: Readonly<Record<"contact" | "lead", Readonly<Record<string, string>>>> = {
  contact: Prisma.ContactScalarFieldEnum,
  lead: Prisma.LeadScalarFieldEnum,
};

/** @throws ScopeError for a field that the table does not have, or that is part of the key */
function columnsOf(table: "contact" | "lead", fields: readonly string[]): string[] {
  return fields.map((field) => {
    if (!Object.hasOwn(fieldsOf[table], field) || field === "id" || field === "orgId") {
      throw new ScopeError(`${table}.${field} cannot be written`);
    }
    return columnOf(field);
  });
}

/**
 * Rows as JSON with column names, for json_populate_recordset; an omitted column becomes null. Built as text: with so
 * many columns V8 would use slow dictionary objects.
 */
function toJson(rows: readonly Readonly<Record<string, unknown>>[], orgId: string): string {
  const columns = new Map<string, string>();
  const nameOf = (field: string): string => {
    const known = columns.get(field) ?? columnOf(field);
    columns.set(field, known);
    return known;
  };
  const texts = rows.map((row) => {
    let text = `{"org_id":"${orgId}"`;
    for (const field in row) {
      const value = row[field];
      if (value !== null && value !== undefined) text += `,"${nameOf(field)}":${JSON.stringify(value)}`;
    }
    return `${text}}`;
  });
  return `[${texts.join(",")}]`;
}

export function manyRowStatements(query: Query, { orgId }: Principal): ManyRowStatements {
  const insertInto = async (table: "lead", rows: readonly BulkRow[]) => {
    if (rows.length === 0) return;
    await query(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(null::${table}, $1::json)`, [
      toJson(rows, orgId),
    ]);
  };
  /**
   * A CTE that adds addresses to contacts. Adds them in a fixed order, because transactions that add the same addresses
   * wait for each other.
   */
  const giving = (place: number) =>
    `WITH come AS (
       INSERT INTO contact_email (org_id, email_key, contact_id)
       SELECT $${place}::uuid, a.key, a.id FROM unnest($${place + 1}::text[], $${place + 2}::uuid[]) AS a(key, id)
       ORDER BY a.key)`;
  const given = (addresses: readonly HeldAddress[]) => [
    orgId,
    addresses.map(({ key }) => key),
    addresses.map(({ id }) => id),
  ];
  const update = async (
    table: "contact" | "lead",
    fields: readonly string[],
    rows: readonly BulkRow[],
    addresses: readonly HeldAddress[],
  ) => {
    if (rows.length === 0) return;
    const columns = columnsOf(table, fields);
    const come = addresses.length > 0;
    await query(
      `${come ? giving(3) : ""} UPDATE ${table} SET ${columns.map((column) => `${column} = r.${column}`).join(", ")}
         FROM json_populate_recordset(null::${table}, $2::json) AS r
         WHERE ${table}.org_id = $1::uuid AND ${table}.id = r.id AND ${table}.purged_at IS NULL`,
      [orgId, toJson(rows, orgId), ...(come ? given(addresses) : [])],
    );
  };
  return {
    async insertContacts(rows, addresses) {
      if (rows.length === 0) return;
      await query(
        `${giving(2)} INSERT INTO contact SELECT * FROM json_populate_recordset(null::contact, $1::json)`,
        [toJson(rows, orgId), ...given(addresses)],
      );
    },
    insertLeads: (rows) => insertInto("lead", rows),
    async insertImportErrors(errors) {
      for (let at = 0; at < errors.length; at += ERRORS) {
        await query(
          "INSERT INTO import_error SELECT * FROM json_populate_recordset(null::import_error, $1::json)",
          [toJson(errors.slice(at, at + ERRORS), orgId)],
        );
      }
    },
    update: (table, fields, rows) => update(table, fields, rows, []),
    async updateContacts(fields, rows, moves) {
      const gone = moves.filter((move) => move.gone.length > 0);
      // Before addresses are added, since another contact of the batch may get a removed one.
      if (gone.length > 0) {
        await query(
          `DELETE FROM contact_email WHERE org_id = $1::uuid AND email_key = ANY($2::text[])
             AND contact_id = ANY($3::uuid[])`,
          [orgId, gone.flatMap((move) => move.gone), gone.map(({ id }) => id)],
        );
      }
      const come = moves.flatMap(({ id, come: keys }) => keys.map((key) => ({ key, id })));
      await update("contact", fields, rows, come);
    },
  };
}
