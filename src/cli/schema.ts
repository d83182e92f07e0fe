import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { lexicographicSortSchema, printSchema } from "graphql";
import { filterReference } from "../filter/registry/reference.ts";
import { importReference } from "../jobs/import/reference.ts";
import { root } from "../root.ts";
import { schema } from "../schema.ts";
import { errorsReference } from "./errors-reference.ts";
import { faultsReference } from "./faults-reference.ts";
import { rolesReference } from "./roles-reference.ts";
import { say } from "./run.ts";

/** Generated files, with the functions that generate them. */
const made = {
  "schema.graphql": () => `${printSchema(lexicographicSortSchema(schema))}\n`,
  "docs/faults.md": faultsReference,
  "docs/filters.md": filterReference,
  "docs/import.md": importReference,
  "docs/errors.md": errorsReference,
  "docs/roles.md": () => rolesReference(schema),
};

/** Writes the generated files; with --check exits with code 1 if they differ. */
export const schemaFiles = new Command("schema")
  .option("--check", "only says whether the committed files are what the code makes")
  .action(async ({ check = false }: { check?: boolean }) => {
    const stale: string[] = [];
    for (const [name, make] of Object.entries(made)) {
      const path = join(root, name);
      if (!check) await writeFile(path, make());
      else if ((await readFile(path, "utf8").catch(() => "")) !== make()) stale.push(name);
    }
    if (stale.length > 0) {
      say(`${stale.join(" and ")}: not what the code makes. Run npm run schema and commit the change`);
      process.exitCode = 1;
    } else if (check) {
      say(`${Object.keys(made).join(" and ")} are what the code makes`);
    }
  });
