import { z } from "zod";
import { createKey } from "../auth/key.ts";
import { type Doer, keyRefusal, type Subject, scopesBeyond } from "../auth/rights.ts";
import type { Viewer } from "../auth/viewer.ts";
import { ApiScope as Scopes, ModificationSource as Sources } from "../generated/prisma/enums.ts";
import type { Caller } from "../graphql/context.ts";
import { type Refusal, refusal } from "../lib/errors.ts";
import type { InputFields } from "./columns.ts";
import { ApiScope, ModificationSource } from "./enums.ts";
import { requiredText, rule } from "./inputs.ts";
import type { Writer } from "./write/writer.ts";

/** Creates API keys: one by one, or the first key of a new member. */

/** The caller who creates a key. The key gets the mode of the organization. */
export interface KeyCaller extends Caller {
  readonly viewer: Caller["viewer"] & Pick<Viewer, "mode">;
}

/** The input fields of a new key. */
export const keyFields = (t: InputFields) => ({
  name: t.string({ required: true, description: "What it is for, at most 100 characters." }),
  scopes: t.field({
    type: [ApiScope],
    description: "The scopes that it grants, within the member's role; only READ by default.",
  }),
  expiresAt: t.field({ type: "DateTime", description: "When it expires; never by default." }),
  sources: t.field({
    type: [ModificationSource],
    description:
      "The systems that requests with it may name in the header X-Modification-Source; none but the API by default.",
  }),
});

const distinct = <Item>(items: readonly Item[]): Item[] => [...new Set(items)];

export const keyCheck = z.object({
  name: requiredText(100),
  scopes: z
    .array(z.enum(Scopes))
    .min(1, rule("INVALID_VALUE", "must have at least one scope"))
    .transform(distinct)
    .nullish()
    .transform((scopes) => scopes ?? [Scopes.READ]),
  expiresAt: z.date().nullish(),
  sources: z
    .array(z.enum(Sources))
    .transform(distinct)
    .nullish()
    .transform((sources) => sources ?? []),
});

type KeyInput = z.infer<typeof keyCheck>;

/**
 * Why a key cannot be created: it would grant more than its member may do, or the caller does not manage the member's
 * keys.
 *
 * @param root position of the key in the arguments
 * @param holderPath position of the member
 */
export function keyRefusals(
  doer: Doer,
  now: Date,
  holder: Subject,
  { scopes, expiresAt }: KeyInput,
  root: readonly string[],
  holderPath: readonly string[],
): Refusal[] {
  const refused = keyRefusal(doer, holder);
  const refusals = refused === null ? [] : [refusal("FORBIDDEN", holderPath, refused)];
  const beyond = scopesBeyond(scopes, holder.role);
  if (beyond.length > 0) {
    const message = `scopes must not exceed the member's role: a ${holder.role} cannot have ${beyond.join(", ")}`;
    refusals.push(refusal("INVALID_VALUE", [...root, "scopes"], message));
  }
  if (expiresAt && expiresAt <= now) {
    refusals.push(refusal("INVALID_VALUE", [...root, "expiresAt"], "expiresAt must lie in the future"));
  }
  return refusals;
}

/** A new key: the row's id, and the key itself, which is not stored. */
export interface MadeKey {
  readonly id: string;
  readonly key: string;
}

/** Inserts a key of a member. The caller has checked it with `keyRefusals`. */
export async function insertKey(
  writer: Writer,
  { viewer }: KeyCaller,
  memberId: string,
  { name, scopes, sources, expiresAt }: KeyInput,
): Promise<MadeKey> {
  const { key, ...row } = createKey(viewer.mode);
  await writer.insert("apiKey", { ...row, memberId, name, scopes, sources, expiresAt: expiresAt ?? null });
  return { id: row.id, key };
}
