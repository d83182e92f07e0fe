import type { ContactRow } from "../../db/prisma/rows.ts";
import type { AddressRow } from "../../db/read/addresses.ts";
import { ConcurrentChange } from "../../db/write/locks.ts";
import { type Address, readAddress } from "../../entities/contact/contact.address.ts";
import { emailKey } from "../../lib/email.ts";
import type { Writer } from "../../records/write/writer.ts";
import { personKeys, recognisedBy } from "./recognise.ts";
import type { ImportRow } from "./row.ts";

/** Finding the contacts that the rows of an import are about. */

/** Who a row's contact may be: one of the caller's, somebody else's, or more than one of the caller's. */
type Holder = ContactRow | "hidden" | "several";

export interface Holders {
  /** By what rows are recognised by. */
  readonly people: ReadonlyMap<string, Holder>;
  /** What the rows' addresses lead to. */
  readonly addresses: ReadonlyMap<string, Address>;
}

/**
 * Who has what the rows are recognised by; those of the caller's are locked where they may be changed.
 *
 * @throws ConcurrentChange when an address came to lead to another contact meanwhile
 */
export async function holders(
  { tx }: Writer,
  rows: readonly ImportRow[],
  { mode, dryRun }: { readonly mode: "SKIP" | "UPDATE"; readonly dryRun: boolean },
): Promise<Holders> {
  const keys = [
    ...new Set(rows.flatMap(({ input }) => (input?.email == null ? [] : (emailKey(input.email) ?? [])))),
  ];
  const addresses = await readAll(tx, keys);
  const led = leadTo(addresses);
  const ids = [...new Set([...led.values(), ...(await namesakes(tx, rows))])];
  if (mode === "UPDATE" && !dryRun && ids.length > 0) {
    await tx.lock.rows("contact", ids, "update");
    const now = leadTo(await readAll(tx, keys));
    if ([...now].join("\n") !== [...led].join("\n"))
      throw new ConcurrentChange("an address leads elsewhere than before");
  }
  const visible = new Map(
    (ids.length === 0 ? [] : await tx.contact.findMany({ where: { id: { in: ids }, deletedAt: null } })).map(
      (row) => [row.id, row],
    ),
  );
  const people = new Map<string, Holder>([...led].map(([key, id]) => [key, visible.get(id) ?? "hidden"]));
  for (const row of visible.values()) {
    for (const key of personKeys(row.name, row.phoneNumbers))
      people.set(key, people.has(key) ? "several" : row);
  }
  return { people, addresses };
}

async function readAll(tx: Writer["tx"], keys: readonly string[]): Promise<Map<string, Address>> {
  const byKey = new Map<string, AddressRow[]>();
  for (const row of await tx.addresses(keys)) byKey.set(row.key, [...(byKey.get(row.key) ?? []), row]);
  return new Map([...byKey].map(([key, found]) => [key, readAddress(found)]));
}

/** The contacts to which addresses lead, by their keys. */
const leadTo = (addresses: ReadonlyMap<string, Address>): Map<string, string> =>
  new Map([...addresses].flatMap(([key, { holder }]) => (holder ? [[key, holder.id] as const] : [])));

/** Ids of contacts that have a name and a phone number of rows without an address. */
async function namesakes(tx: Writer["tx"], rows: readonly ImportRow[]): Promise<string[]> {
  const keys = rows.flatMap(({ input }) =>
    input === null || input.email != null ? [] : recognisedBy(input),
  );
  if (keys.length === 0) return [];
  const [phones, names] = [0, 1].map((part) => [...new Set(keys.map((key) => key.split("\n")[part] ?? ""))]);
  // No two imports make the same person at once: who is not there yet has no row to lock.
  await tx.lock.phones(["of an import"]);
  const found = await tx.contact.findMany({
    where: { deletedAt: null, nameKey: { in: names ?? [] }, phoneNumbers: { hasSome: phones ?? [] } },
    select: { id: true },
  });
  return found.map(({ id }) => id);
}
