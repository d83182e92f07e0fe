import type { z } from "zod";
import type { LeadRow } from "../../db/prisma/rows.ts";
import { insertLeads, updateLeads } from "../../entities/lead/lead.bulk.ts";
import type { LeadUpdate } from "../../entities/lead/lead.inputs.ts";
import { emptyLead, type LeadColumns, leadColumns } from "../../entities/lead/lead.row.ts";
import { applyLead } from "../../entities/lead/lead.rules.ts";
import { orderKey } from "../../lib/accents.ts";
import { emailKey } from "../../lib/email.ts";
import { refusal } from "../../lib/errors.ts";
import { fold, isBlank } from "../../lib/fold.ts";
import type { Writer } from "../../records/write/writer.ts";
import { entityOf, type Holder, type Holders, type Looked } from "./entity.ts";
import { keysOf } from "./recognise.ts";

/** Importing leads. Several leads may have the same address, so that leads that the caller cannot see do not matter. */

export const leads = entityOf<
  LeadRow,
  LeadColumns,
  Omit<z.infer<typeof LeadUpdate>, "tags"> & { readonly tags?: readonly string[] | null | undefined }
>({
  entity: "LEAD",
  nouns: { one: "lead", many: "leads" },
  ownsAddress: false,
  empty: emptyLead,
  columnsOf: leadColumns,
  marksOf: ({ name, email, phone }) => ({
    name: name ?? "",
    emails: email == null ? [] : [email],
    phones: phone == null ? [] : [phone],
  }),
  apply(before, { tags: _, ...input }, definitions, defaultCurrency) {
    const { after, refusals } = applyLead(before, input, definitions, defaultCurrency);
    const nameless = isBlank(after.name)
      ? [refusal("REQUIRED", ["input", "name"], "name is required, or first and last name")]
      : [];
    return { after, refusals: [...refusals, ...nameless] };
  },
  withoutTakingBack: (_before, input) => ({ input, kept: [] }),
  withoutKnown: (_before, input) => input,
  keptWishes: () => ({}),
  find,
  insert: insertLeads,
  update: updateLeads,
});

/** The live leads that rows match, locked if they may be changed. */
async function find({ tx }: Writer, { marks, matchOn, also, lock }: Looked): Promise<Holders> {
  const emails = [...new Set(marks.flatMap(({ emails }) => emails.flatMap((each) => emailKey(each) ?? [])))];
  const looked = marks.filter(
    (row) => matchOn?.includes("PHONE") || (matchOn === null && row.emails.length === 0),
  );
  const phones = [...new Set(looked.flatMap((row) => row.phones))];
  const names = [...new Set(looked.map(({ name }) => orderKey(fold(name))))];
  const any: object[] = [
    ...(emails.length > 0 && (matchOn === null || matchOn.includes("EMAIL"))
      ? [{ emailKey: { in: emails } }]
      : []),
    ...(phones.length > 0
      ? [{ phone: { in: phones }, ...(matchOn === null && { nameKey: { in: names } }) }]
      : []),
  ];
  const people = new Map<string, Holder>();
  if (also.length > 0) any.push({ id: { in: [...also] } });
  const records = new Map<string, LeadRow>();
  if (any.length === 0) return { records, people, addresses: new Map() };
  const where = { deletedAt: null, OR: any };
  if (lock) {
    const found = await tx.lead.findMany({ where, select: { id: true } });
    await tx.lock.rows("lead", found.map(({ id }) => id).sort(), "update");
  }
  for (const row of await tx.lead.findMany({ where })) {
    records.set(row.id, row);
    const has = keysOf(leadMarks(row), matchOn);
    for (const key of has) people.set(key, people.has(key) ? "several" : row);
  }
  return { records, people, addresses: new Map() };
}

const leadMarks = ({ id, name, email, phone }: LeadRow) => ({
  id,
  name,
  emails: email === null ? [] : [email],
  phones: phone === null ? [] : [phone],
});
