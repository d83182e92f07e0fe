import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

const addresses = [
  "jörg@müller.example",
  "a@straße.example",
  "b@a.bücher.example",
  "c@مثال.إختبار",
  "d@他们为什么不说中文.cn",
  "e@μπλες.gr",
  "f@संगठन.рф",
  "g@plain.example",
];

test("rows from before the migration get the text that is written today, in the migration", async () => {
  const organization = await Organization.make();
  for (const email of addresses)
    await organization.contact({
      name: `N ${email[0]}`,
      email,
      company: "Acme",
      title: "CEO",
      phoneNumbers: ["+33612345678", "+14155550100"],
    });
  await organization.contact({ name: "None" });
  const lead = { name: "L", email: addresses[0] as string };
  await organization.lead(lead);
  const { prisma, pool } = await testDatabase();
  const where = { orgId: organization.id };
  const read = async () => ({
    contacts: await prisma.contact.findMany({
      where,
      orderBy: { id: "asc" },
      select: { keys: true, searchText: true },
    }),
    leads: await prisma.lead.findMany({ where, select: { keys: true, searchText: true } }),
  });
  const today = await read();
  // As they were written before: without what is shown.
  for (const table of ["contact", "lead"]) {
    await pool.query(
      `UPDATE ${table} SET search_text = concat_ws(E'\\n', name_key, email_key, company_key, nullif(btrim(phone_key, E'\\n'), '')),
         keys = keys - 'email' - 'emailPlain' WHERE org_id = $1`,
      [organization.id],
    );
  }
  expect(await read()).not.toEqual(today);
  // What is without accents comes by the later one.
  const names = (await readdir("prisma/migrations")).filter((each) =>
    /_(international_addresses|accents)$/.test(each),
  );
  for (const name of names.sort())
    await pool.query(await readFile(`prisma/migrations/${name}/migration.sql`, "utf8"));
  expect(await read()).toEqual(today);
  const { data } = await sendText(
    organization.key,
    '{ contacts(filter: { email: { contains: "müll" } }) { nodes { name } } leads(search: { text: "müll" }) { totalCount } }',
  );
  expect(data).toEqual({ contacts: { nodes: [{ name: "N j" }] }, leads: { totalCount: 1 } });
});
