import { setFlagsFromString } from "node:v8";

/**
 * Percent of what is alive by which the heap grows before V8 collects garbage; by itself V8 lets it double and more.
 */
const GROWTH = 10;

/**
 * Keeps the process small for work that streams many rows: V8 collects garbage before the heap has grown by much.
 *
 * An export of 305,000 contacts took 268 MB in place of 466 MB, where one of no contacts takes 243 MB to 267 MB, in no
 * more time.
 */
export const keepHeapSmall = (): void => setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
