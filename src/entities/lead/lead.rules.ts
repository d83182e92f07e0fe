import type { Definition } from "../../filter/registry/fields.ts";
import type { Warning } from "../../graphql/context.ts";
import { type Refusal, refusal } from "../../lib/errors.ts";
import { applyCustom } from "../../records/custom.ts";
import { currencyOf } from "../../records/money.inputs.ts";
import type { LeadInput } from "./lead.inputs.ts";
import { emptyLead, type LeadColumns } from "./lead.row.ts";

/**
 * Applies an input to a lead: absent fields stay as they are, null clears a field. Pure.
 *
 * @param before the lead; `emptyLead` for a new one
 * @param defaultCurrency currency of an amount without one, if the lead has none either
 * @returns the lead as it would be, without changes of owner and tags
 */
export function applyLead(
  before: LeadColumns,
  input: Omit<LeadInput, "tags">,
  definitions: readonly Definition[],
  defaultCurrency: string | null,
): {
  readonly after: LeadColumns;
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
} {
  const { customFields, dealValue, ownerId: _owner, createMissingTags: _tags, ...plain } = input;
  const { custom, refusals, warnings } = applyCustom(before.custom, customFields ?? [], definitions);
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  const money =
    dealValue && currencyOf(dealValue, before.dealCurrency, defaultCurrency, ["input", "dealValue"]);
  const after: LeadColumns = {
    ...before,
    ...given,
    ...(dealValue !== undefined && {
      dealValue: dealValue?.amount ?? null,
      dealCurrency: money && "currency" in money ? money.currency : null,
    }),
    custom,
  };
  const found = [...refusals, ...(money?.refusals ?? []), ...statusRefusals(before, plain.status)];
  return { after, refusals: found, warnings };
}

/** Only leadConvert sets CONVERTED, and a converted lead stays converted. */
function statusRefusals(before: LeadColumns, status: LeadInput["status"]): Refusal[] {
  const old = before === emptyLead ? "NEW" : before.status;
  if (status === undefined || status === old) return [];
  const path = ["input", "status"];
  if (old === "CONVERTED") return [refusal("INVALID_STATE", path, "a converted lead stays converted")];
  if (status === "CONVERTED") return [refusal("INVALID_STATE", path, "use leadConvert to convert a lead")];
  return [];
}
