import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import type { SmartListQueryInput } from "../generated/graphql.ts";
import { mutate, sendText } from "./client.ts";
import { testDatabase } from "./database.ts";
import { Organization } from "./makers.ts";

/** Smart lists of one organization: saved and read through the API, or inserted in an older stored form. */

export type Conditions = SmartListQueryInput["groups"][number]["conditions"];
export interface List {
  readonly id: string;
  readonly name: string;
  readonly isValid: boolean;
  readonly problems: { code: string; message: string; path: string }[];
  readonly sentence: string | null;
  readonly query: { groups: { conditions: Conditions }[] };
  readonly contacts: { nodes: { name: string }[] };
}
const all =
  "id name isValid problems { code message path } sentence query { groups { conditions { field op value } } } contacts(orderBy: [{ field: NAME }]) { nodes { name } }";

export const saysIn = ({ query }: List) => query.groups[0]?.conditions[0]?.value;
export const namesIn = ({ contacts }: List) => contacts.nodes.map(({ name }) => name);

/** @param of returns the organization, which each test makes anew */
export function listsOf(of: () => Organization) {
  const save = (name: string, ...conditions: Conditions) =>
    mutate<{ smartList: List | null }>(
      of().key,
      `smartListCreate(input: { name: "${name}", query: $query })`,
      `smartList { ${all} }`,
      { query: { groups: [{ conditions }] } },
      "($query: SmartListQueryInput!)",
    );
  const saved = async (name: string, ...conditions: Conditions): Promise<List> => {
    const { smartList, errors } = await save(name, ...conditions);
    if (!smartList) throw new Error(JSON.stringify(errors));
    return smartList;
  };
  async function read(id: string): Promise<List> {
    const { data, text } = await sendText(of().key, `{ smartList(id: "${id}") { ${all} } }`);
    const { smartList } = (data ?? {}) as unknown as { smartList?: List };
    if (!smartList) throw new Error(text);
    return smartList;
  }

  const setVersion = async () =>
    ((await sendText(of().key, "{ smartListsVersion }")).data as unknown as { smartListsVersion: number })
      .smartListsVersion;

  /** A list as earlier versions stored it: by name. */
  async function plant(...conditions: Conditions): Promise<string> {
    const { prisma } = await testDatabase();
    const id = newId();
    const query = { groups: [{ conditions }] };
    await prisma.smartList.create({ data: { orgId: of().id, id, name: "Old", query: query as never } });
    return encodeId("SmartList", id);
  }
  return { save, saved, read, setVersion, plant };
}

/** An organization with contacts that have tags and options; another organization has the same. */
export async function worldOfNames(): Promise<Organization> {
  const organization = await Organization.make();
  const noise = await Organization.make();
  for (const each of [organization, noise]) {
    const fields = { options: ["Bronze", "Gold"], slot: null };
    await each.customField({ slug: "tier", type: "SELECT", ...fields });
    await each.customField({ slug: "several", type: "MULTI_SELECT", ...fields });
    await each.customField({ slug: "rank", type: "SELECT", entity: "LEAD", ...fields });
    await each.contact({ name: "Ann", tags: ["VIP"], custom: { tier: "Gold", several: ["Gold"] } });
    await each.contact({ name: "Bob", tags: ["Cold"], custom: { tier: "Bronze" } });
  }
  return organization;
}
