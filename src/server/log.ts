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
 * Standard error, to which lines are written together: one write for each line takes a twentieth of the CPU of a small
 * request. Lines wait for a quarter of a second at most; when the process ends, the last ones are written too.
 */
const standardError = () => pino.destination({ dest: 2, sync: false, minLength: 4096, periodicFlush: 250 });

/**
 * The process's log: JSON lines on standard error. No line contains a secret, and messages of errors contain no values.
 */
export const createLogger = (level: Config["logLevel"], destination: DestinationStream = standardError()) =>
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
