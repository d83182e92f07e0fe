import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Makes the Prisma client and the Pothos types of the plain server, out of the product's schema. */

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const generators = `generator client {
  provider = "prisma-client"
  output   = "./client"
}
generator pothos {
  provider     = "prisma-pothos-types"
  clientOutput = "./client/client.ts"
  output       = "./pothos.ts"
}
`;

export async function generatePlainClient(): Promise<void> {
  const schema = await readFile(path("../../prisma/schema.prisma"), "utf8");
  const folder = path("hosts/generated");
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/schema.prisma`, generators + schema.replace(/^generator \w+ \{[^}]*\}\n/gm, ""));
  await promisify(execFile)(
    process.execPath,
    [path("../../node_modules/prisma/build/index.js"), "generate", "--schema", `${folder}/schema.prisma`],
    {
      cwd: path("../.."),
      env: { ...process.env, PATH: `${path("../node_modules/.bin")}:${process.env.PATH}` },
    },
  );
}
