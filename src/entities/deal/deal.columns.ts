import type { DealRow } from "../../db/prisma/rows.ts";
import { fold } from "../../lib/fold.ts";

/** The derived columns of a deal: what its texts compare by. */
export const deriveDeal = ({ name, stage }: Pick<DealRow, "name" | "stage">) => ({
  nameKey: fold(name),
  stageKey: fold(stage),
});
