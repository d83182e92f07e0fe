import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { lexicographicSortSchema, printSchema } from "graphql";
import { schema } from "../schema.ts";
import { runCommand } from "./run.ts";

const path = fileURLToPath(new URL("../../schema.graphql", import.meta.url));

/** Writes `schema.graphql`, or with --check says whether the committed one is what the code makes. */
runCommand(async () => {
  const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
  const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;
  if (!values.check) {
    await writeFile(path, printed);
    return 0;
  }
  if ((await readFile(path, "utf8").catch(() => "")) === printed) {
    process.stdout.write("schema.graphql is what the code makes\n");
    return 0;
  }
  process.stdout.write(
    "schema.graphql is not what the code makes: run npm run schema and commit the change\n",
  );
  return 1;
});
