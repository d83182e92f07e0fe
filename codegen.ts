import type { CodegenConfig } from "@graphql-codegen/cli";

/** Typed documents for the tests, from the committed schema: a breaking change fails the type-check. */
const config: CodegenConfig = {
  schema: "schema.graphql",
  documents: ["test/**/*.ts", "!test/generated/**"],
  generates: {
    "test/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        documentMode: "string",
        importExtension: ".ts",
        scalars: {
          DateTime: "string",
          Date: "string",
          Decimal: "string",
          JSON: "unknown",
          EmailAddress: "string",
          PhoneNumber: "string",
          URL: "string",
          Currency: "string",
          TimeZone: "string",
        },
      },
    },
  },
};

export default config;
