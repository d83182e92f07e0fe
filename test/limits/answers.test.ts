import { beforeAll, describe, expect, inject, test } from "vitest";
import { plantMany } from "../support/bulk.ts";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** What is within the cost may not be larger than 64 MB: texts are as long as somebody has made them. */

// Filling the embedded database with so many bytes takes minutes.
describe.skipIf(inject("postgresUrl") === null)("answers of 64 MB", () => {
  let organization: Organization;
  beforeAll(async () => {
    organization = await Organization.make();
    await plantMany(organization, 100, { notes: "é".repeat(50_000) });
  });

  const pages = (aliases: number, inner: string) =>
    `{ contacts(first: 100) { nodes { id ${Array.from({ length: aliases }, (_, at) => `a${at}: ${inner}`).join(" ")} } } }`;

  test("one text of each of 100 contacts is answered, under six names too: 60 MB", async () => {
    const { errors, text } = await sendText(organization.key, pages(6, "notes"));
    expect(errors).toEqual([]);
    expect(Buffer.byteLength(text)).toBeGreaterThan(60_000_000);
  });

  test("under seven it is one error instead, each time alike", async () => {
    for (let time = 0; time < 2; time += 1) {
      const { status, data, errors, text } = await sendText(organization.key, pages(7, "notes"));
      expect([status, data, errors.length], text.slice(0, 300)).toEqual([400, null, 1]);
      expect(errors[0]?.extensions.code).toBe("ANSWER_TOO_LARGE");
      expect(errors[0]?.message).toContain("64 MB");
    }
  });

  test("a statement that brings more fails alone, and its connection is used again", async () => {
    const { pool } = await testDatabase();
    const client = await pool.connect();
    try {
      const rows = (many: number) =>
        client.query(`SELECT repeat('x', 4000000) AS text FROM generate_series(1, ${many})`);
      await expect(rows(17)).rejects.toMatchObject({ code: "ANSWER_TOO_LARGE" });
      expect((await rows(2)).rows).toHaveLength(2);
      expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    } finally {
      client.release();
    }
  });

  test("a query over the cost limit is refused with the cost", async () => {
    const rich = await Organization.make();
    const texts = Array.from({ length: 25 }, (_, at) => `text_${at}`);
    for (const slug of texts) await rich.customField({ slug, type: "TEXT" });
    const custom = Object.fromEntries(texts.map((slug) => [slug, "€".repeat(10_000)]));
    await plantMany(rich, 100, { custom });
    for (let time = 0; time < 2; time += 1) {
      const { data, errors, text } = await sendText(rich.key, pages(1, "customFields { value }"));
      expect(data, text.slice(0, 300)).toBeNull();
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(["ANSWER_TOO_LARGE"]);
    }
    // Writing and reading 75 MB takes its time on a busy machine.
  }, 180_000);
});
