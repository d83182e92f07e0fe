import type { Entity } from "../../filter/registry/fields.ts";
import { RefusalError } from "../../lib/errors.ts";
import type { MoneyCaller } from "../../records/money.inputs.ts";
import { applyOwner } from "../../records/owner.ts";
import type { PhoneCaller } from "../../records/phones.ts";
import { findTags, tagRefusals } from "../../records/tags.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { ImportInputValues } from "./import.inputs.ts";
import type { Options } from "./job.ts";

/** The request for an import. */
export type Asked = ImportInputValues & {
  readonly entity: Entity;
  /** Default country of phone numbers. */
  readonly country: string | null;
  /** Default currency of amounts. */
  readonly currency: string | null;
  /** Time zone of times without an offset. */
  readonly timeZone: string;
};

export const operationOf = (entity: Entity): string => (entity === "LEAD" ? "leadImport" : "contactImport");

/** Columns of a job that are the same for rows and files. */
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
    byOperator: caller.origin.operator,
    mode: mode ?? "SKIP",
    dryRun: dryRun ?? false,
    options: { ...options },
  } as const;
}

/** The caller, with the organization's defaults. */
export type ImportCaller = PhoneCaller & MoneyCaller & { readonly viewer: { readonly timeZone: string } };

/** The request, with the organization's defaults for what the input does not give. */
export const askedOf = ({ viewer }: ImportCaller, entity: Entity, input: ImportInputValues): Asked => ({
  ...input,
  entity,
  country: input.defaultCountry ?? viewer.defaultCountry,
  currency: viewer.defaultCurrency,
  timeZone: viewer.timeZone,
});
