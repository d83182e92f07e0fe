import { expect } from "vitest";
import { sendText } from "../support/client.ts";

/** Filters sent to the list of contacts. */

export const list = `query ($filter: ContactFilter, $query: SmartListQueryInput) {
  contacts(filter: $filter, query: $query, orderBy: { field: NAME }) { totalCount nodes { name } } }`;

/** The names of the contacts that match, in order, after a check that `totalCount` is their number. */
export async function namesOf(key: string, variables: Record<string, unknown>): Promise<string[]> {
  const { data, text } = await sendText(key, list, variables);
  const page = (data as unknown as { contacts: { totalCount: number; nodes: { name: string }[] } } | null)
    ?.contacts;
  if (!page) throw new Error(text);
  expect(page.totalCount).toBe(page.nodes.length);
  return page.nodes.map(({ name }) => name);
}

/** The variable `query` with these conditions, a list of them for each group. */
export const groups = (...all: object[][]) => ({
  query: { groups: all.map((conditions) => ({ conditions })) },
});
