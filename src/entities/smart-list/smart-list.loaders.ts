import { countParameters } from "../../filter/compile/parameters.ts";
import { clockOf, findNamed } from "../../filter/list/filter.service.ts";
import type { ListArgs, Within } from "../../filter/list/plan.ts";
import type { SmartList } from "../../generated/prisma/client.ts";
import { batched } from "../../graphql/batch.ts";
import type { Context } from "../../graphql/context.ts";
import { keepDefinitions } from "../../graphql/definitions.ts";
import { requestCache } from "../../graphql/request-cache.ts";
import { ownTurn } from "../../lib/turn.ts";
import { partsOf, type ReadList, readList } from "./validity.ts";

/** The columns that are needed to read a list, besides its id. */
export const readColumns = {
  query: true,
  order: true,
  columns: true,
  timeZone: true,
  version: true,
} as const satisfies Partial<Record<keyof SmartList, true>>;

export type Stored = Pick<SmartList, "id" | keyof typeof readColumns>;

/** Number of values in stored lists that are read before the event loop turns. */
const TURN = 5_000;

/** A stored list, and the time zone in which to read it; null for its default. */
interface Asked {
  readonly list: Stored;
  readonly timeZone: string | null;
}

const loaderOf = requestCache((context: Context) =>
  batched<Asked, ReadList, string>(
    "smartLists",
    async (asked) => {
      const named = await findNamed(
        context.db,
        asked.map(({ list }) => list.query),
      );
      keepDefinitions(context, null, named.definitions);
      const read: ReadList[] = [];
      let values = 0;
      for (const { list, timeZone } of asked) {
        values += countParameters(list.query);
        if (values > TURN) {
          values = 0;
          await ownTurn();
        }
        const options = {
          clock: clockOf(context, timeZone, list.timeZone),
          country: context.viewer.defaultCountry,
          restricted: context.viewer.dataScope !== "ALL",
          listId: list.id,
        };
        read.push(readList(partsOf(list), named, options));
      }
      return read;
    },
    { cacheKeyFn: ({ list, timeZone }) => `${list.id} ${list.version} ${timeZone ?? ""}` },
  ),
);

/**
 * Reads stored lists, with one statement for all that a request asks for at once.
 *
 * @param timeZone the reader's; by default the list's own, else the organization's
 */
export const readStored = (context: Context, list: Stored, timeZone?: string | null): Promise<ReadList> =>
  loaderOf(context).load({ list, timeZone: timeZone ?? null });

/**
 * The contacts of a list: the arguments with the list's own order, and the list as what they narrow.
 */
export async function contactsOf(
  context: Context,
  list: Stored,
  args: ListArgs,
): Promise<{ readonly args: ListArgs; readonly within: Within }> {
  const { where, groups, orderBy } = await readStored(context, list, args.timeZone);
  return {
    args: { ...args, orderBy: args.orderBy ?? orderBy },
    within: { where, groups, timeZone: list.timeZone, key: `${list.id} ${list.version}` },
  };
}
