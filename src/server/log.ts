import { type DestinationStream, pino } from "pino";
import type { Config } from "../config.ts";
import { loggedError, withoutValues } from "./log-errors.ts";

/** Secrets that are removed from logs: keys, tokens, and passwords in URLs. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/sk_(live|test)_[0-9a-z]{10,}/g, "sk_$1_…"],
  [/\beyJ[\w-]{10,}\.[\w-]+\.[\w-]*/g, "<token>"],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*):[^\s/@"]+@/gi, "$1:…@"],
];

export const withoutSecrets = (line: string): string =>
  secrets.reduce((text, [secret, sign]) => text.replace(secret, sign), line);

/**
 * The process's log: JSON lines on standard error. No line contains a secret, and messages of errors contain no values.
 */
export const createLogger = (
  level: Config["logLevel"],
  destination: DestinationStream = pino.destination(2),
) =>
  pino(
    {
      level,
      hooks: { streamWrite: withoutSecrets },
      serializers: {
        err: (error: unknown) => loggedError(error),
        error: (message: unknown) => withoutValues(String(message)),
      },
    },
    destination,
  );
