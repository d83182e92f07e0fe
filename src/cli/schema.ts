import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { lexicographicSortSchema, printSchema } from "graphql";
import { filterReference } from "../filter/registry/reference.ts";
import { schema } from "../schema.ts";
import { runCommand } from "./run.ts";

/** What the code says of itself, by the file that keeps it. */
const made = {
  "schema.graphql": () => `${printSchema(lexicographicSortSchema(schema))}\n`,
  "docs/filters.md": filterReference,
};

/** Writes the files that are made from the code, or with --check says whether the committed ones are those. */
runCommand(async () => {
  const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
  const stale: string[] = [];
  for (const [name, make] of Object.entries(made)) {
    const path = fileURLToPath(new URL(`../../${name}`, import.meta.url));
    if (!values.check) await writeFile(path, make());
    else if ((await readFile(path, "utf8").catch(() => "")) !== make()) stale.push(name);
  }
  if (stale.length === 0) {
    if (values.check) process.stdout.write(`${Object.keys(made).join(" and ")} are what the code makes\n`);
    return 0;
  }
  process.stdout.write(
    `${stale.join(" and ")}: not what the code makes. Run npm run schema and commit the change\n`,
  );
  return 1;
});
