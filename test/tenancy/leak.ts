import type { Operation } from "./operations.ts";

/** The checks of a walk. */
export type Check = "canary" | "oracle" | "hidden rows" | "change" | "repeat" | "fault";

/** Something that a caller has learned or changed, but may not. */
export class Leak extends Error {
  override readonly name = "Leak";
  constructor(
    readonly check: Check,
    readonly caller: string,
    readonly operation: Pick<Operation, "name" | "query" | "variables">,
    what: string,
  ) {
    const sent = `${operation.query}\n${JSON.stringify(operation.variables)}`;
    super(`${check}: ${operation.name}, asked by ${caller}, ${what}\n\n${sent}`);
  }
}
