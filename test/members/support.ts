import { mutate, sendText } from "../support/client.ts";

/** Members through the door, for tests. */

export interface Shown {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly dataScope: string;
  readonly version: number;
  readonly removedAt: string | null;
}

const fields = "id name email role dataScope version removedAt";

export const invite = (key: string, input: string, more = "") =>
  mutate<{ member: Shown | null; apiKey: { id: string; scopes: string[] } | null; key: string | null }>(
    key,
    `memberInvite(input: { ${input} }${more})`,
    `member { ${fields} } apiKey { id scopes } key`,
  );

export const update = (key: string, id: string, input: string, more = "") =>
  mutate<{ member: Shown | null }>(
    key,
    `memberUpdate(id: "${id}", input: { ${input} }${more})`,
    `member { ${fields} }`,
  );

interface Moved {
  readonly member: Shown | null;
  readonly moved: number | null;
  readonly job: { readonly id: string; readonly kind: string; readonly total: number } | null;
}

const movedFields = `member { ${fields} } moved job { id kind total }`;

export const remove = (key: string, id: string, more = "") =>
  mutate<Moved>(key, `memberRemove(id: "${id}"${more})`, movedFields);

/** @param to a member's id; nobody when null */
export const reassign = (key: string, from: string, to: string | null, more = "") =>
  mutate<Moved>(
    key,
    `memberReassign(from: "${from}", to: ${to === null ? "null" : `"${to}"`}${more})`,
    movedFields,
  );

/** Members as the caller sees them. */
export async function list(key: string, args = ""): Promise<readonly Shown[]> {
  const { data, text } = await sendText(key, `{ members${args} { ${fields} } }`);
  const members = (data as unknown as { members: Shown[] } | null)?.members;
  if (!members) throw new Error(text);
  return members;
}

/** Who the caller is. */
export const me = (key: string) =>
  sendText(key, "{ viewer { member { id name role dataScope } scopes organization { id } } }");
