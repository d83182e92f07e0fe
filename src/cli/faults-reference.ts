import {
  classes,
  type FaultName,
  kinds,
  type Meaning,
  meanings,
  ownCodes,
  prismaCodes,
  sentences,
  sentencesWithCode,
  socketCodes,
  states,
} from "../db/fault-table.ts";

/** `docs/faults.md`, made from the table of faults. */

const introduction = `# Faults of the database

Made from the code by \`npm run schema\`; the table is \`src/db/fault-table.ts\`.

Each error of PostgreSQL, the network, the driver or Prisma stands for one of these faults. Every fault is logged with the
\`requestId\` of the answer. Callers never see messages of the database. Every 503 has the header \`Retry-After\`. A mutation
that was answered with 503 may have been executed: sent again with the same \`idempotencyKey\`, it is executed once.
`;

const told = ({ answer }: Meaning): string =>
  answer === null
    ? "200, or 500 without data, INTERNAL_SERVER_ERROR"
    : `${answer.status ?? 200}, ${answer.code}`;

const again = ({ readAgain, writeAgain }: Meaning): string =>
  [readAgain && "reads, once", writeAgain && "writes, three times"]
    .filter((each) => each !== false)
    .join("; ");

const table = (
  title: string,
  of: string,
  rows: readonly (readonly [what: string, fault: FaultName, words?: string])[],
): string =>
  [
    `## ${title}\n`,
    `| ${of} | fault | |`,
    "|---|---|---|",
    ...rows.map(([what, fault, words = ""]) => `| \`${what}\` | ${fault} | ${words} |`),
    "",
  ].join("\n");

export const faultsReference = (): string =>
  [
    introduction,
    "| fault | meaning | answer to callers | a job | sent again at once |",
    "|---|---|---|---|---|",
    ...Object.entries(meanings).map(
      ([name, meaning]: [string, Meaning]) =>
        `| ${name} | ${meaning.words} | ${told(meaning)} | ${meaning.job} | ${again(meaning)} |`,
    ),
    "",
    "A job that waits continues after its last committed step as soon as the database is back, in the first process that claims",
    "it. A job that tries again ends as FAILED if three attempts in a row made no progress.\n",
    table("SQLSTATEs", "code", [
      ...states,
      ...classes.map(([code, fault, words]) => [`${code}…`, fault, `${words} that are not listed`] as const),
      ...sentencesWithCode.map(([code, , fault, sentence]) => [`${code} ${sentence}`, fault] as const),
    ]),
    "Any other code is unavailable if it ended the session or kept it from opening (FATAL, PANIC).\n",
    table("Sockets and name resolution", "code", socketCodes),
    table("Prisma", "code", [...prismaCodes, ...kinds]),
    table("Rolograph", "code", ownCodes),
    table(
      "Messages of errors without a code",
      "message",
      sentences.map(([, fault, sentence]) => [sentence, fault] as const),
    ),
  ].join("\n");
