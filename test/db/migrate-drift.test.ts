import { cp, readFile, writeFile } from "node:fs/promises";
import { describe, expect, test, vi } from "vitest";
import { createMigration, findDrift } from "../../src/db/migrate/migrate.ts";
import { makeFiles, writeMigration } from "../support/migrations.ts";

/** Drift: whether the migrations produce what prisma/schema.prisma says. */

// PGlite takes seconds to make its files, and the drift check starts two of them.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe("the drift check", () => {
  test("the migrations make what the schema says", async () => {
    expect(await findDrift()).toBe("");
  });

  test("a column that no migration makes is reported, and the migration made from it closes the gap", async () => {
    const files = await makeFiles();
    await cp("prisma/migrations", files.migrations, { recursive: true });
    const schema = await readFile(files.schema, "utf8");
    await writeFile(files.schema, schema.replace("model Tag {", "model Tag {\n  shape String?"));

    expect(await findDrift(files)).toBe('-- AlterTable\nALTER TABLE "tag" ADD COLUMN     "shape" TEXT;');

    const path = await createMigration("Tag: a shape", {}, files);
    expect(path).toMatch(/\/\d{14}_tag_a_shape\/migration\.sql$/);
    expect(await readFile(String(path), "utf8")).toContain('ADD COLUMN     "shape" TEXT');
    expect(await findDrift(files)).toBe("");
    expect(await createMigration("nothing", {}, files)).toBeNull();
    expect(await createMigration("by_hand", { empty: true }, files)).toMatch(/_by_hand\/migration\.sql$/);
  });

  test("a column that only the migrations know is reported too", async () => {
    const files = await makeFiles();
    await cp("prisma/migrations", files.migrations, { recursive: true });
    await writeMigration(files, "29990101000000_extra", "ALTER TABLE tag ADD COLUMN shape text;");

    expect(await findDrift(files)).toContain('DROP COLUMN "shape"');
  });

  test("a migration that cannot be replayed is named", async () => {
    const files = await makeFiles({ "20260101000000_bad": "SELECT nonsense();" });

    await expect(findDrift(files)).rejects.toMatchObject({
      name: "MigrationError",
      message: expect.stringMatching(/20260101000000_bad.*nonsense\(\) does not exist/s),
    });
  });
});
