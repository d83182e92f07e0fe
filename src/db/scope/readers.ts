import { tagKey } from "../../lib/accents.ts";
import { decodeId, type IdType } from "../ids.ts";
import type { Query } from "../open/query.ts";
import type { PreparedReads } from "../prisma/prepared-reads.ts";
import { readAddresses } from "../read/addresses.ts";
import { readCatalogue } from "../read/catalogue.ts";
import { duplicateReader } from "../read/duplicates.ts";
import { readPhoneHolders } from "../read/phone-holders.ts";
import { setReader } from "../read/sets.ts";
import { readTagUsage } from "../read/tag-usage.ts";
import type { Db } from "./db.ts";
import { readMembers } from "./members.ts";
import type { Principal } from "./scope.ts";

/**
 * The readers that work inside and outside of transactions.
 *
 * @param named sends statements of constant text, whose plans are kept
 * @param statement makes the SQL of a read
 */
export const readersOf = (
  query: Query,
  named: Query,
  principal: Principal,
  statement: PreparedReads["statement"],
): Pick<Db, "catalogue" | "members" | "tagUsage" | "duplicates" | "sets" | "addresses" | "phoneHolders"> => ({
  sets: setReader(query, principal, statement),
  addresses: (keys) => readAddresses(named, principal, keys),
  phoneHolders: (numbers, nameKeys) => readPhoneHolders(named, principal, numbers, nameKeys),
  members: (ids, removed) => readMembers(named, principal.orgId, ids, removed),
  duplicates: duplicateReader(query, principal),
  tagUsage: (tagIds) => readTagUsage(query, principal, tagIds),
  catalogue: (entity, texts = []) => {
    const ids = texts.flatMap((text) => decodeId(text) ?? []);
    const idsOf = (wanted: IdType) => ids.filter(({ type }) => type === wanted).map(({ uuid }) => uuid);
    const tagKeys = texts.map(tagKey);
    return readCatalogue(named, principal.orgId, entity, tagKeys, idsOf("Tag"), idsOf("Member"));
  },
});
