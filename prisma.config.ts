import { defineConfig } from "prisma/config";

// `prisma generate`, `validate` and `format` try to download a schema engine that they never run.
// Naming any existing executable stops the download, so that `npm ci` works with the npm registry alone.
if (process.argv.some((argument) => ["generate", "validate", "format"].includes(argument))) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
}

export default defineConfig({ schema: "prisma/schema.prisma" });
