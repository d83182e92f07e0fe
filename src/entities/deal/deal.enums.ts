import { builder } from "../../graphql/builder.ts";

export const DealStatusEnum = builder.enumType("DealStatus", {
  description: "Status of a deal.",
  values: {
    OPEN: { description: "Open." },
    WON: { description: "Won." },
    LOST: { description: "Lost." },
  } as const,
});
