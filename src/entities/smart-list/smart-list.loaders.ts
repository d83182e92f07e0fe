import DataLoader from "dataloader";
import { clockOf, findNamed } from "../../filter/list/filter.service.ts";
import type { SmartList } from "../../generated/prisma/client.ts";
import type { Context } from "../../graphql/context.ts";
import { requestCache } from "../../graphql/request-cache.ts";
import { keepDefinitions } from "../custom-field/custom-field.loaders.ts";
import { partsOf, type ReadList, readList } from "./validity.ts";

/** What reading a list takes of its row, its id apart. */
export const readColumns = {
  query: true,
  order: true,
  columns: true,
  timeZone: true,
  version: true,
} as const satisfies Partial<Record<keyof SmartList, true>>;

type Stored = Pick<SmartList, "id" | keyof typeof readColumns>;

/** A stored list, and the time zone that its reader asks for. */
interface Asked {
  readonly list: Stored;
  readonly timeZone: string | null;
}

const loaderOf = requestCache(
  (context: Context) =>
    new DataLoader<Asked, ReadList, string>(
      async (asked) => {
        const named = await findNamed(
          context.db,
          asked.map(({ list }) => list.query),
        );
        keepDefinitions(context, named.definitions);
        return asked.map(({ list, timeZone }) =>
          readList(partsOf(list), named, {
            clock: clockOf(context, timeZone, list.timeZone),
            restricted: context.viewer.dataScope !== "ALL",
            listId: list.id,
          }),
        );
      },
      { cacheKeyFn: ({ list, timeZone }) => `${list.id} ${list.version} ${timeZone ?? ""}` },
    ),
);

/**
 * What stored lists mean now: one statement for all that a request asks about at once.
 *
 * @param timeZone the reader's; the list's own, else the organization's, when there is none
 */
export const readStored = (context: Context, list: Stored, timeZone?: string | null): Promise<ReadList> =>
  loaderOf(context).load({ list, timeZone: timeZone ?? null });
