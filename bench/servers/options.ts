import { Command, InvalidArgumentError, Option } from "commander";

/** What a run is asked to do; `--help` says what each option means. */
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

const from = (least: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < least)
    throw new InvalidArgumentError(`It must be a number from ${least}.`);
  return value;
};

const lettersOf = (allowed: string) => (text: string) => {
  if (text === "" || [...text].some((letter) => !allowed.includes(letter)))
    throw new InvalidArgumentError(`It must be letters of ${allowed}.`);
  return text;
};

/** Reads the command line. Ends the process after `--help`, and where an option cannot be used. */
export function readOptions(args: readonly string[]): Options {
  const command = new Command("npm run bench --")
    .description("measures the product beside PostGraphile, a plain server and a floor")
    .allowExcessArguments(false)
    .showHelpAfterError()
    .addOption(new Option("--small", "40 000 contacts, as without it: for a laptop").conflicts("full"))
    .option("--full", "a million contacts, two million deals, five million activities, ten minutes of --soak")
    .option("--size <contacts>", "so many contacts instead", from(2000))
    .option("--rounds <number>", "rounds over all workloads", from(1), 5)
    .option("--seconds <number>", "seconds of each server in each workload of each round", from(0.1), 3)
    .option("--workloads <letters>", `some of ${ALL}; no results are written then`, lettersOf(ALL), ALL)
    .option("--soak <minutes>", "also so many minutes of workload a at 80 % of its peak", from(0))
    .option(
      "--profile <letter>",
      "where the product's time goes in it, instead of all that",
      lettersOf("abcdefg"),
    )
    .option(
      "--growth",
      "what statements read as databases grow, instead of all that: see --growth --help",
      false,
    )
    .option("--drop", "drop the database at the end; otherwise the next run of the same size takes it", false)
    .option("--dry", "write no results", false)
    .addHelpText(
      "after",
      "\nBENCH_DATABASE_URL: a server on which a superuser may make databases. Without it the one that answers at\n" +
        "127.0.0.1:5432; where none does, one that is started for this run, if PostgreSQL is installed.",
    )
    .parse([...args], { from: "user" });
  const {
    full = false,
    size,
    soak,
    profile,
    ...given
  } = command.opts<
    Pick<Options, "rounds" | "seconds" | "workloads" | "drop" | "dry"> & {
      full?: boolean;
      size?: number;
      soak?: number;
      profile?: string;
    }
  >();
  return {
    size: size ?? (full ? 1_000_000 : 40_000),
    rounds: given.rounds,
    seconds: given.seconds,
    workloads: given.workloads,
    soak: soak ?? (full ? 10 : 0),
    profile: profile ?? null,
    drop: given.drop,
    dry: given.dry,
  };
}
