import { Command, InvalidArgumentError } from "commander";

/** What `npm run growth` is asked to do; `--help` says what each option means. */
export interface GrowthOptions {
  /** Contacts of the databases with two organizations. */
  readonly sizes: readonly number[];
  /** Organizations of 200 contacts each in a database of their own; 0 for none. */
  readonly organizations: number;
  readonly drop: boolean;
  readonly dry: boolean;
}

const wholeFrom = (least: number) => (text: string) => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least)
    throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
  return value;
};

const sizesOf = (text: string): number[] => text.split(",").map(wholeFrom(2000));

/** Reads the command line. Ends the process after `--help`, and where an option cannot be used. */
export function readGrowthOptions(args: readonly string[]): GrowthOptions {
  return new Command("npm run growth --")
    .description("writes down what the product's statements read as databases grow")
    .allowExcessArguments(false)
    .showHelpAfterError()
    .option(
      "--sizes <contacts>",
      "contacts of each database of two organizations",
      sizesOf,
      [40_000, 400_000],
    )
    .option("--organizations <number>", "organizations of 200 contacts in a further one", wholeFrom(0), 5000)
    .option("--drop", "drop the databases at the end; otherwise the next run takes them", false)
    .option("--dry", "write no results", false)
    .parse([...args], { from: "user" })
    .opts<GrowthOptions>();
}
