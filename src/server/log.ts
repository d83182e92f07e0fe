import { pino } from "pino";
import type { Config } from "../config.ts";

/** Secrets that are removed from logs: keys, tokens, and passwords in URLs. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/sk_(live|test)_[0-9a-z]{10,}/g, "sk_$1_…"],
  [/\beyJ[\w-]{10,}\.[\w-]+\.[\w-]*/g, "<token>"],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*):[^\s/@"]+@/gi, "$1:…@"],
];

export const withoutSecrets = (line: string): string =>
  secrets.reduce((text, [secret, sign]) => text.replace(secret, sign), line);

/** The process's log: JSON lines on standard error. */
export const createLogger = (level: Config["logLevel"]) =>
  pino({ level, hooks: { streamWrite: withoutSecrets } }, pino.destination(2));
