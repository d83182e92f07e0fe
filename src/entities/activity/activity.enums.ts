import { builder } from "../../graphql/builder.ts";

export const ActivityKindEnum = builder.enumType("ActivityKind", {
  description: "What kind of activity was logged.",
  values: {
    CALL: { description: "A phone call." },
    EMAIL: { description: "An e-mail." },
    SMS: { description: "A text message." },
    MEETING: { description: "A meeting." },
    NOTE: { description: "A note." },
    TASK: { description: "A task." },
  } as const,
});
