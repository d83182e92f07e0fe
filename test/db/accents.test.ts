import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { orderKey, plain } from "../../src/lib/accents.ts";
import { fold } from "../../src/lib/fold.ts";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

const migration = async (): Promise<string> => {
  const [name = ""] = (await readdir("prisma/migrations")).filter((each) => each.endsWith("_accents"));
  return readFile(`prisma/migrations/${name}/migration.sql`, "utf8");
};

const texts = [
  "Éric Zola",
  "Eric Adams",
  "Straße & Søn",
  "Łukasz Đỗ",
  "q̇ṣ̌ ǽ ﬃ",
  "Игорь Йод Артём",
  "がく ｶﾞ",
  "한국 संगठन مَكتَب",
  "ᾴδης Ἀθηνᾶ ΐ",
  "plain",
];

test("rows from before the migration get the keys that are written today, in the migration, once", async () => {
  const organization = await Organization.make();
  await organization.customField({ slug: "nick", type: "TEXT", slot: "text1" });
  await organization.customField({ entity: "LEAD", slug: "nick", type: "TEXT", slot: "text1" });
  for (const [at, name] of texts.entries()) {
    const common = { name, source: name, custom: { nick: name } };
    await organization.contact({
      ...common,
      email: `é${at}@müller${at}.example`,
      otherEmails: [`zoë${at}@x.example`, `zoe${at}@straße.example`],
      company: name,
      tags: [name],
      phoneNumbers: ["+33612345678"],
    });
    await organization.lead({ ...common, email: at % 2 === 0 ? `ø${at}@x.example` : null });
    await organization.deal({ name, stage: name });
  }
  const { prisma, pool } = await testDatabase();
  const where = { orgId: organization.id };
  const person = {
    where,
    orderBy: { id: "asc" },
    select: { nameKey: true, companyKey: true, sourceKey: true, text1: true, keys: true, searchText: true },
  } as const;
  const read = async () => ({
    contacts: await prisma.contact.findMany(person),
    leads: await prisma.lead.findMany(person),
    deals: await prisma.deal.findMany({ ...person, select: { nameKey: true, stageKey: true } }),
    tags: await prisma.tag.findMany({ ...person, select: { name: true, nameKey: true } }),
  });
  const today = await read();
  // As they were written before: folded texts alone.
  const folded = (column: string) => `${column} = regexp_replace(${column}, '^.*\\u0001', '')`;
  for (const table of ["contact", "lead"]) {
    const columns = ["name_key", "company_key", "source_key", "text_1"].map(folded);
    await pool.query(
      `UPDATE ${table} SET ${columns.join(", ")}, keys = keys - 'emailPlain',
         search_text = concat_ws(E'\\n', regexp_replace(name_key, '^.*\\u0001', ''), email_key, keys ->> 'email',
           nullif(btrim(keys ->> 'otherEmails', E'\\n'), ''), regexp_replace(company_key, '^.*\\u0001', ''),
           nullif(btrim(phone_key, E'\\n'), ''))
       WHERE org_id = $1`,
      [organization.id],
    );
  }
  await pool.query(`UPDATE deal SET ${["name_key", "stage_key"].map(folded).join(", ")} WHERE org_id = $1`, [
    organization.id,
  ]);
  await pool.query(`UPDATE tag SET ${folded("name_key")} WHERE org_id = $1`, [organization.id]);
  expect(await read()).not.toEqual(today);
  expect(
    (await sendText(organization.key, '{ contacts(search: { text: "eric zola" }) { totalCount } }')).data,
  ).toEqual({
    contacts: { totalCount: 0 },
  });
  const sql = await migration();
  await pool.query(sql);
  expect(await read()).toEqual(today);
  await pool.query(sql);
  expect(await read()).toEqual(today);
  expect(
    (await sendText(organization.key, '{ contacts(search: { text: "eric zola" }) { totalCount } }')).data,
  ).toEqual({
    contacts: { totalCount: 1 },
  });
});

test("the migration knows every letter as the product does", async () => {
  const { pool } = await testDatabase();
  const client = await pool.connect();
  const lines: string[] = [];
  for (let from = 0x20; from < 0x1f700; from += 64) {
    const letters = Array.from({ length: 64 }, (_, at) => String.fromCodePoint(from + at));
    lines.push(fold(letters.filter((letter) => /[^\p{Cs}\p{Cn}]/u.test(letter)).join(" ")));
    lines.push(
      fold(
        letters
          .filter((letter) => /\p{M}/u.test(letter))
          .map((mark) => `x${mark} я${mark}`)
          .join(" "),
      ),
    );
  }
  try {
    // The functions, without what they are used for.
    await client.query((await migration()).split('UPDATE "contact"')[0] ?? "");
    const { rows } = await client.query<{ key: string; plain: string }>(
      `SELECT pg_temp.order_key(t) AS key, pg_temp.plain(t) AS plain
       FROM unnest($1::text[]) WITH ORDINALITY AS s (t, place) ORDER BY place`,
      [lines],
    );
    expect(rows.map((row) => row.plain)).toEqual(lines.map(plain));
    expect(rows.map((row) => row.key)).toEqual(lines.map(orderKey));
  } finally {
    await client.query(
      "DROP FUNCTION pg_temp.plain_lines(text); DROP FUNCTION pg_temp.is_due(text[]); DROP FUNCTION pg_temp.order_key(text); DROP FUNCTION pg_temp.plain(text)",
    );
    client.release();
  }
});
