import { expect, test } from "vitest";
import { derivedColumns, derivedDealColumns } from "../../src/db/prisma/rows.ts";
import { emptyContact } from "../../src/entities/contact/contact.row.ts";
import { emptyLead } from "../../src/entities/lead/lead.row.ts";
import { derive, deriveTexts } from "../../src/filter/language/derive.ts";
import { builtInFields } from "../../src/filter/registry/built-in.ts";
import { customField, type Definition } from "../../src/filter/registry/fields.ts";
import { Registry } from "../../src/filter/registry/registry.ts";
import "../../src/schema.ts";
import { testDatabase } from "../support/database.ts";

/** What the registry says of the database is so. */

const entities = ["CONTACT", "LEAD", "DEAL", "ACTIVITY", "CONVERSATION"] as const;

test("every index that a field names is there", async () => {
  const { pool } = await testDatabase();
  const { rows } = await pool.query<{ name: string }>("SELECT indexname AS name FROM pg_indexes");
  const there = new Set(rows.map(({ name }) => name));
  const named = entities.flatMap((entity) => builtInFields(entity).flatMap(({ index }) => index ?? []));
  const custom = (["CONTACT", "LEAD"] as const).flatMap((entity) =>
    (["TEXT", "NUMBER", "DATE", "DATE_TIME", "SELECT", "MULTI_SELECT", "BOOLEAN", "URL"] as const).flatMap(
      (type) => {
        const kind = {
          TEXT: "text1",
          URL: "text2",
          SELECT: "text3",
          NUMBER: "number1",
          DATE: "date1",
          DATE_TIME: "date2",
        };
        const slots = [null, (kind as Record<string, string>)[type] ?? null];
        return slots.flatMap(
          (slot) =>
            customField({ entity, slug: "x", type, slot, name: "x", options: [] } as never as Definition)
              .index ?? [],
        );
      },
    ),
  );
  expect([...new Set([...named, ...custom])].filter((index) => !there.has(index))).toEqual([]);
});

test("no two fields of an entity go by one name", () => {
  for (const entity of entities) {
    const names = builtInFields(entity).flatMap(({ path, aliases }) => [
      path,
      ...aliases.filter((alias) => alias !== path),
    ]);
    expect(new Set(names).size, entity).toBe(names.length);
    const registry = new Registry(entity, []);
    for (const name of names) expect(registry.find(name)?.field.type).toBeDefined();
  }
});

test("every derived column of the database is computed, and nothing else", () => {
  const computed = (derived: object) => Object.keys(derived).sort();
  expect(computed(derive("CONTACT", emptyContact, []))).toEqual(computed(derivedColumns));
  expect(computed(derive("LEAD", emptyLead, []))).toEqual(computed(derivedColumns));
  expect(computed(deriveTexts("DEAL", { name: "", stage: "" }))).toEqual(computed(derivedDealColumns));
});
