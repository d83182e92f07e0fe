import { parseArgs } from "node:util";
import { Refusal } from "./ending.ts";

/** What a run is asked to do; `../servers.ts` says what each option means. */
export interface Options {
  readonly size: number;
  readonly rounds: number;
  readonly seconds: number;
  /** Letters from a to j. */
  readonly workloads: string;
  /** Minutes; 0 for none. */
  readonly soak: number;
  /** The letter of a workload to profile instead of measuring. */
  readonly profile: string | null;
  readonly drop: boolean;
  readonly dry: boolean;
}

export const ALL = "abcdefghij";

/** @throws Refusal that says which value cannot be used */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      full: { type: "boolean", default: false },
      small: { type: "boolean", default: false },
      size: { type: "string" },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "3" },
      workloads: { type: "string", default: ALL },
      soak: { type: "string" },
      profile: { type: "string" },
      drop: { type: "boolean", default: false },
      dry: { type: "boolean", default: false },
    },
  });
  const number = (name: string, text: string, least: number): number => {
    const value = Number(text);
    if (Number.isNaN(value) || value < least) throw new Refusal(`--${name} ${text}: a number from ${least}`);
    return value;
  };
  if (values.full && values.small) throw new Refusal("--full or --small, not both");
  const letters = (name: string, text: string, allowed: string): string => {
    if (text === "" || [...text].some((letter) => !allowed.includes(letter)))
      throw new Refusal(`--${name} ${text}: letters of ${allowed}`);
    return text;
  };
  return {
    size: number("size", values.size ?? (values.full ? "1000000" : "40000"), 2000),
    rounds: number("rounds", values.rounds, 1),
    seconds: number("seconds", values.seconds, 0.1),
    workloads: letters("workloads", values.workloads, ALL),
    soak: number("soak", values.soak ?? (values.full ? "10" : "0"), 0),
    profile: values.profile === undefined ? null : letters("profile", values.profile, "abcdefg"),
    drop: values.drop,
    dry: values.dry,
  };
}
