import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makePool } from "../../src/db/open/connections.ts";
import { startEmbedded } from "../../src/db/open/embedded.ts";
import { oneConnection } from "../support/database.ts";

/** The files of the embedded database. */

test.runIf(oneConnection)(
  "a start that died while it made the files is no hindrance to the next one",
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "rolograph-embedded-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    await mkdir(join(directory, "pglite.new/base"), { recursive: true });
    await writeFile(join(directory, "pglite.new/PG_VERSION"), "18\n");
    for (const there of [false, true]) {
      expect(existsSync(join(directory, "pglite"))).toBe(there);
      const embedded = await startEmbedded({ directory });
      const pool = makePool(embedded.connection);
      if (!there) await pool.query("CREATE TABLE kept AS SELECT 'ä' AS text");
      const { rows } = await pool.query(
        "SELECT text, current_setting('server_encoding') AS encoding FROM kept",
      );
      expect(rows).toEqual([{ text: "ä", encoding: "UTF8" }]);
      await pool.end();
      await embedded.close();
      expect(existsSync(join(directory, "pglite.new"))).toBe(false);
    }
  },
);
