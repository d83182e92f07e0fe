import { builder } from "../graphql/builder.ts";

/** Enums that several kinds of records use. */

export const ModificationSource = builder.enumType("ModificationSource", {
  description: "The system that last wrote a record.",
  values: {
    API: { description: "A caller of this API." },
    IMPORT: { description: "An import." },
    SKIPCALL: { description: "Skipcall." },
    HUBSPOT: { description: "HubSpot." },
    PIPEDRIVE: { description: "Pipedrive." },
  } as const,
});

export const ApiScope = builder.enumType("ApiScope", {
  description: "What a credential allows.",
  values: {
    READ: { description: "Queries." },
    WRITE: { description: "Queries and mutations." },
    ADMIN: { description: "Queries, mutations and administration." },
  } as const,
});
