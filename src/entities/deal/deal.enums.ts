import { builder } from "../../graphql/builder.ts";

export const DealStatusEnum = builder.enumType("DealStatus", {
  description: "How a deal ended, or that it has not.",
  values: {
    OPEN: { description: "Under way." },
    WON: { description: "Won." },
    LOST: { description: "Lost." },
  } as const,
});
