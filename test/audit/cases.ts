import type { Cases } from "./makers.ts";
import { ofOthers } from "./other-cases.ts";
import { ofRecords } from "./record-cases.ts";

/** Every mutation, once as it succeeds, and the events of it. */
export const cases: Cases = { ...ofRecords, ...ofOthers };
