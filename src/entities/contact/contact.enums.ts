import { builder } from "../../graphql/builder.ts";

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
