import { builder } from "../graphql/builder.ts";

/** Enums of more than one kind of record. */

export const ModificationSource = builder.enumType("ModificationSource", {
  description: "Which system wrote a record last.",
  values: {
    API: { description: "A caller of this API." },
    IMPORT: { description: "An import." },
    SKIPCALL: { description: "Skipcall." },
    HUBSPOT: { description: "HubSpot." },
    PIPEDRIVE: { description: "Pipedrive." },
  } as const,
});

export const ApiScope = builder.enumType("ApiScope", {
  description: "What a credential may be used for.",
  values: {
    READ: { description: "Queries." },
    WRITE: { description: "Queries and mutations." },
    ADMIN: { description: "Queries, mutations and administration." },
  } as const,
});
