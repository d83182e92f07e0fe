/**
 * How much is asked. Of a hundred, chosen by the seed; but `together` is so many arguments and fields of inputs that a
 * mutation says at once, where each of them is said for the first time.
 */
interface Share {
  /** Fields that are asked plainly by those who come after the first two. */
  readonly plain: number;
  /** Mutations that the second asks plainly, though the first was not refused. */
  readonly second: number;
  /** Arguments with what is not the restricted member's. */
  readonly foreign: number;
  /** Arguments with the rest, and all of them by everybody else. */
  readonly others: number;
  /** Operations that are also compiled, those that ask plainly and the rest. */
  readonly plainCompiled: number;
  readonly compiled: number;
  /** Operations that are also sent to the copy: mutations plainly, those that name what others have, and the rest. */
  readonly plainCopied: number;
  readonly foreignCopied: number;
  readonly copied: number;
  readonly together: number;
  /** Likewise of what changes nothing: conditions that are all to hold find less. */
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
