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

/** `docs/faults.md`, made of the table of faults. */

const introduction = `# Faults of the database

Made from the code by \`npm run schema\`; the table is \`src/db/fault-table.ts\`.

What PostgreSQL, the network, the driver or Prisma says is taken for one of these. All of them are logged, under the
\`requestId\` that the caller is given. A caller never sees a message of the database. Every 503 says \`Retry-After\`; what a
mutation was answered so may have been done, and sent again under the same \`idempotencyKey\` it is done once.
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
    "| fault | what it is | callers are told | a job | tried again at once |",
    "|---|---|---|---|---|",
    ...Object.entries(meanings).map(
      ([name, meaning]: [string, Meaning]) =>
        `| ${name} | ${meaning.words} | ${told(meaning)} | ${meaning.job} | ${again(meaning)} |`,
    ),
    "",
    "A job that waits is taken up as soon as the database is back, by whichever process is first, and goes on after the last",
    "step that was committed. One that tries again ends as FAILED when three attempts in a row made no progress.\n",
    table("SQLSTATEs", "code", [
      ...states,
      ...classes.map(([code, fault, words]) => [`${code}…`, fault, `${words} that are not listed`] as const),
      ...sentencesWithCode.map(([code, , fault, sentence]) => [`${code} ${sentence}`, fault] as const),
    ]),
    "Any other code that ended the session, or did not let it begin (FATAL, PANIC), is unavailable.\n",
    table("Sockets and names", "code", socketCodes),
    table("Prisma", "code", [...prismaCodes, ...kinds]),
    table("Of our own", "code", ownCodes),
    table(
      "Sentences of errors without a code",
      "sentence",
      sentences.map(([, fault, sentence]) => [sentence, fault] as const),
    ),
  ].join("\n");
