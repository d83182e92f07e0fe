import type { Database } from "../database.ts";

/** SQL that is true if a session cannot write: the database is a standby, or its sessions are read-only. */
export const READ_ONLY = "pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'";

/** Whether a database is read-only at present. */
export async function isReadOnly({ pool }: Pick<Database, "pool">): Promise<boolean> {
  const { rows } = await pool.query<{ readOnly: boolean }>(`SELECT ${READ_ONLY} AS "readOnly"`);
  return rows[0]?.readOnly === true;
}
