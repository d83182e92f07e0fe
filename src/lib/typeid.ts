import { TypeID } from "typeid-js";
import { uuidv7 } from "uuidv7";

/** GraphQL type names by the prefix of their ids: the snake-case name of the type. */
const typeNames = {
  organization: "Organization",
  member: "Member",
  api_key: "ApiKey",
  contact: "Contact",
  lead: "Lead",
  deal: "Deal",
  activity: "Activity",
  conversation: "Conversation",
  tag: "Tag",
  custom_field: "CustomField",
  custom_field_folder: "CustomFieldFolder",
  custom_value: "CustomValue",
  smart_list: "SmartList",
  contact_merge: "ContactMerge",
  import_job: "ImportJob",
  bulk_job: "BulkJob",
} as const;

type Prefix = keyof typeof typeNames;
export type IdType = (typeof typeNames)[Prefix];

const prefixes = Object.fromEntries(
  Object.entries(typeNames).map(([prefix, name]) => [name, prefix]),
) as Record<IdType, Prefix>;

/** A new row's key: a UUIDv7, so that keys sort by the time they were made. */
export const newId = (): string => uuidv7();

/** A row's id as callers see it, such as `contact_01h455vb4pex5vsknk084sn02q`. */
export const encodeId = (type: IdType, uuid: string): string => `${prefixes[type]}_${base32(uuid)}`;

const digits = Buffer.from("0123456789abcdefghjkmnpqrstvwxyz");
/** What each character of a UUID is worth, by its code; 0 for those that are none. */
const worth = new Uint8Array(128);
for (const [value, digit] of [..."0123456789abcdef"].entries()) worth[digit.charCodeAt(0)] = value;
const DASH = 45;
const suffix = Buffer.alloc(26);

/**
 * The suffix as TypeIDs have it: five bits a character, after two of zero. By hand and through a buffer, because a
 * page has hundreds of ids: this takes a fifth of what texts put together take, and the library takes more.
 */
function base32(uuid: string): string {
  let bits = 0;
  let count = 2;
  let to = 0;
  for (let at = 0; at < 36; at += 1) {
    const code = uuid.charCodeAt(at);
    if (code === DASH) continue;
    bits = ((bits << 4) | (worth[code] ?? 0)) & 511;
    count += 4;
    if (count < 5) continue;
    count -= 5;
    suffix[to] = digits[(bits >> count) & 31] ?? 0;
    to += 1;
  }
  return suffix.toString("latin1");
}

/**
 * Reads an id that a caller sent.
 *
 * @returns the type it names and the row's UUID, or null when the text is no id of this API
 */
export function decodeId(text: string): { type: IdType; uuid: string } | null {
  const prefix = text.slice(0, text.lastIndexOf("_"));
  // Object.hasOwn, because `__proto__` and its kin arrive here too.
  if (!Object.hasOwn(typeNames, prefix)) return null;
  try {
    return { type: typeNames[prefix as Prefix], uuid: TypeID.fromString(text).toUUID() };
  } catch {
    return null;
  }
}
