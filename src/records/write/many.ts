import { models } from "../../db/scope/models.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import type { CustomValues } from "../custom.ts";
import type { Data } from "./changes.ts";
import { derivationOf } from "./derived.ts";
import { type Rows, stampOfChange, type Tagged } from "./rows.ts";
import type { Writer } from "./writer.ts";

/** Many rows in one statement. */

/** Updates rows. All of them must have the same columns. */
export async function putRows(
  { tx }: Writer,
  model: Tagged,
  rows: readonly (Data & { readonly id: string })[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const { id: _, ...columns } = first;
  await tx.bulk.update(model, Object.keys(columns), rows);
}

/**
 * Writes custom values of many records at once, with the columns derived from them.
 *
 * @param definitions the new definitions
 * @param rows rows as they were read, with their new values
 * @param changed whether callers can see the change; otherwise only derived columns are written
 */
export async function rewriteCustom(
  writer: Writer,
  model: Tagged,
  definitions: readonly Definition[],
  rows: readonly { readonly row: Rows[Tagged]; readonly custom: CustomValues }[],
  changed: boolean,
): Promise<void> {
  const derivation = derivationOf(model);
  // However many records there are, the audit event is that of the custom field that changed.
  writer.trail.follows(models[model]);
  const stamped = rows.map(({ row, custom }) => ({
    id: row.id,
    custom,
    ...derivation?.all({ ...row, custom }, definitions),
    ...(changed && stampOfChange(model, row, writer.stamp)),
  }));
  await putRows(writer, model, stamped);
}
