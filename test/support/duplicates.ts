import { pino } from "pino";
import { duplicateKind } from "../../src/jobs/duplicates/duplicates.kind.ts";
import { type RunOptions, runJob } from "../../src/jobs/runner.ts";
import { mutate, type PayloadError, sendText } from "./client.ts";
import { testDatabase } from "./database.ts";
import type { Organization } from "./makers.ts";

/** Searches for duplicates through the API, for tests. */

export interface Search {
  readonly id: string;
  readonly state: string;
  readonly progress: number;
  readonly groups: number;
  readonly problem: string | null;
}

const fields = "id state progress groups problem";

export const askSearch = (key: string): Promise<{ search: Search | null; errors: PayloadError[] }> =>
  mutate<{ search: Search | null }>(key, "contactDuplicatesSearch", `search { ${fields} }`);

const silent = pino({ level: "silent" });

/** Works once on the unfinished searches of an organization. */
export async function runSearches(
  { id: orgId }: Organization,
  options: RunOptions<"duplicateSearch"> = {},
): Promise<void> {
  const database = await testDatabase();
  const jobs = await database.prisma.duplicateSearch.findMany({
    where: { orgId, state: { in: ["QUEUED", "RUNNING"] } },
  });
  for (const job of jobs) await runJob(database, silent, duplicateKind, options, job);
}

export async function latestSearch(key: string): Promise<Search | null> {
  const { data } = await sendText(key, `{ duplicateSearch { ${fields} } }`);
  return (data as unknown as { duplicateSearch: Search | null }).duplicateSearch;
}

/** Starts a search, and works on it to its end. */
export async function searched(organization: Organization): Promise<Search | null> {
  await askSearch(organization.key);
  await runSearches(organization);
  return latestSearch(organization.key);
}

export interface Group {
  readonly score: number;
  readonly reasons: string[];
  readonly contacts: { name: string }[];
}

/** A page of the found groups. */
export async function groupsOf(key: string, args = "first: 100") {
  const { data, text } = await sendText(
    key,
    `{ contactDuplicates(${args}) { totalCount pageInfo { hasNextPage hasPreviousPage endCursor startCursor }
      nodes { score reasons contacts { name } } } }`,
  );
  const page = data as unknown as {
    contactDuplicates: {
      totalCount: number;
      pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string; startCursor: string };
      nodes: Group[];
    };
  } | null;
  if (!page) throw new Error(text);
  return page.contactDuplicates;
}

/** The names in each group. */
export const namesOf = (nodes: readonly Group[]): string[][] =>
  nodes.map(({ contacts }) => contacts.map(({ name }) => name).sort());
