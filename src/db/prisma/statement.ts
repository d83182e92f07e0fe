/** A statement with its parameters, written `$1`, `$2` and so on. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A read for Prisma, whose arguments `scope` has confined. */
export interface Read {
  /** Prisma's name of the delegate, such as `contact`. */
  readonly model: string;
  readonly operation?: "findMany" | "findFirst" | "count";
  readonly args: object;
}

/** The statement's text with its parameters renumbered by `by`, so that it can be embedded in another. */
export const shifted = ({ text }: Statement, by: number): string =>
  text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + by}`);
