import DataLoader from "dataloader";
import { batchLoaded } from "../lib/events.ts";

/**
 * A DataLoader that reports how many keys it reads at once.
 *
 * @param name the loader's name in metrics
 * @param read returns the values in the order of the keys
 */
export const batched = <Key, Value, CacheKey = Key>(
  name: string,
  read: DataLoader.BatchLoadFn<Key, Value>,
  options?: DataLoader.Options<Key, Value, CacheKey>,
): DataLoader<Key, Value, CacheKey> =>
  new DataLoader<Key, Value, CacheKey>((keys) => {
    if (batchLoaded.watched) batchLoaded.tell({ loader: name, keys: keys.length });
    return read(keys);
  }, options);
