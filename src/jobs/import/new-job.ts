import type { Entity } from "../../filter/registry/fields.ts";
import { RefusalError } from "../../lib/errors.ts";
import type { MoneyCaller } from "../../records/money.inputs.ts";
import { applyOwner } from "../../records/owner.ts";
import type { PhoneCaller } from "../../records/phones.ts";
import { findTags, tagRefusals } from "../../records/tags.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { ImportInputValues } from "./import.inputs.ts";
import type { Options } from "./job.ts";

/** What is asked for, and of what. */
export type Asked = ImportInputValues & {
  readonly entity: Entity;
  /** Of phone numbers that are written without one. */
  readonly country: string | null;
  /** Of amounts that are written without one. */
  readonly currency: string | null;
  /** Of moments that are written without an offset. */
  readonly timeZone: string;
};

export const operationOf = (entity: Entity): string => (entity === "LEAD" ? "leadImport" : "contactImport");

/** Columns of a job that do not depend on where its rows come from. */
export async function newJob(writer: Writer, asked: Asked) {
  const { entity, mode, dryRun, tags, createMissingTags, ownerId } = asked;
  const { tx, caller } = writer;
  const owner = await applyOwner(caller, tx, undefined, ownerId);
  const named = findTags(tags ?? [], await writer.catalogue(entity, tags ?? []));
  const found = [...owner.refusals, ...tagRefusals(named, ["input", "tags"], createMissingTags)];
  if (found.length > 0) throw new RefusalError(found);
  const options: Options = {
    matchOn: asked.matchOn ?? null,
    missingName: asked.missingName ?? "REFUSE",
    invalidValues: asked.invalidValues ?? "REFUSE_ROW",
    keepUnmapped: asked.keepUnmapped ?? null,
    tags: tags ?? [],
    createMissingTags: createMissingTags ?? false,
    ownerId: owner.ownerId,
    defaultCountry: asked.country,
    defaultCurrency: asked.currency,
    dateOrder: asked.dateOrder ?? null,
    timeZone: asked.timeZone,
  };
  return {
    entity,
    memberId: caller.viewer.memberId,
    apiKeyId: caller.viewer.apiKeyId,
    mode: mode ?? "SKIP",
    dryRun: dryRun ?? false,
    options: { ...options },
  } as const;
}

/** A caller whose organization says how inputs are read. */
export type ImportCaller = PhoneCaller & MoneyCaller & { readonly viewer: { readonly timeZone: string } };

/** What is asked for, with what the organization says where the input does not. */
export const askedOf = ({ viewer }: ImportCaller, entity: Entity, input: ImportInputValues): Asked => ({
  ...input,
  entity,
  country: input.defaultCountry ?? viewer.defaultCountry,
  currency: viewer.defaultCurrency,
  timeZone: viewer.timeZone,
});
