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

const digits = "0123456789abcdefghjkmnpqrstvwxyz";
const pairs = Array.from({ length: 1024 }, (_, at) => `${digits[at >> 5]}${digits[at & 31]}`);

/** The suffix as TypeIDs have it. By hand, because a page has hundreds of ids and the library takes its time. */
function base32(uuid: string): string {
  const hex = uuid.replaceAll("-", "");
  let text = pairs[Number.parseInt(hex.slice(0, 2), 16)] as string;
  for (let at = 2; at < 32; at += 5) {
    const bits = Number.parseInt(hex.slice(at, at + 5), 16);
    text += `${pairs[bits >> 10]}${pairs[bits & 1023]}`;
  }
  return text;
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
