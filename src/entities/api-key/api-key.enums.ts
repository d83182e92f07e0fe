import { builder } from "../../graphql/builder.ts";

export const ApiScope = builder.enumType("ApiScope", {
  description: "What a credential may be used for.",
  values: {
    READ: { description: "Queries." },
    WRITE: { description: "Queries and mutations." },
    ADMIN: { description: "Queries, mutations and administration." },
  } as const,
});
