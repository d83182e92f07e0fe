/**
 * How many of the possible operations are sent, in percent, chosen by the seed. Only `together` is a number: how many
 * arguments and input fields a mutation sets at once when each of them is tested for the first time.
 */
interface Share {
  /** Fields that callers after the first two query with only the required arguments. */
  readonly plain: number;
  /** Mutations that the second caller sends with only the required arguments, although the first was not refused. */
  readonly second: number;
  /** Arguments with values that the restricted member may not see. */
  readonly foreign: number;
  /** Arguments with other values, and arguments of all other callers. */
  readonly others: number;
  /** Operations that are also compiled: those with only the required arguments, and the others. */
  readonly plainCompiled: number;
  readonly compiled: number;
  /** Operations that are also sent to the copy: plain mutations, those that name records of others, and the rest. */
  readonly plainCopied: number;
  readonly foreignCopied: number;
  readonly copied: number;
  readonly together: number;
  /** The same number for queries. It is smaller, because AND-ed conditions find fewer records. */
  readonly togetherAsked: number;
}

const copied = { plainCopied: 100, foreignCopied: 100, copied: 100 };

export const shares = {
  all: {
    plain: 100,
    second: 100,
    foreign: 100,
    others: 100,
    plainCompiled: 100,
    compiled: 100,
    ...copied,
    together: 1,
    togetherAsked: 1,
  },
  broad: {
    plain: 5,
    second: 100,
    foreign: 5,
    others: 0.1,
    plainCompiled: 100,
    compiled: 2,
    ...copied,
    together: 1,
    togetherAsked: 1,
  },
  short: {
    plain: 2,
    second: 20,
    foreign: 2,
    others: 0.03,
    plainCompiled: 10,
    compiled: 1,
    plainCopied: 30,
    foreignCopied: 20,
    copied: 20,
    together: 8,
    togetherAsked: 3,
  },
  faults: {
    plain: 100,
    second: 100,
    foreign: 100,
    others: 0,
    plainCompiled: 0,
    compiled: 0,
    ...copied,
    together: 1,
    togetherAsked: 1,
  },
} as const satisfies Record<string, Share>;
