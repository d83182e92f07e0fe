import DataLoader from "dataloader";
import type { Context } from "../../context.ts";
import type { SmartList } from "../../generated/prisma/client.ts";
import { requestCache } from "../../request-cache.ts";
import { keepDefinitions } from "../custom-field/custom-field.loaders.ts";
import { tagNames } from "../filter/filter.service.ts";
import { partsOf, type ReadList, readList } from "./validity.ts";

const loaderOf = requestCache(
  (context: Context) =>
    new DataLoader<SmartList, ReadList, string>(
      async (lists) => {
        const catalogue = await context.db.catalogue("CONTACT", tagNames(lists.map(({ query }) => query)));
        keepDefinitions(context, "CONTACT", catalogue.definitions);
        return lists.map((list) => readList(partsOf(list), catalogue));
      },
      { cacheKeyFn: ({ id, version }) => `${id} ${version}` },
    ),
);

/** What stored lists mean now: one statement for all that a request asks about at once. */
export const readStored = (context: Context, list: SmartList): Promise<ReadList> =>
  loaderOf(context).load(list);
