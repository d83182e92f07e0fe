import type { CustomValueJson } from "../../filter/language/derive.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import type { CustomFieldType } from "../../generated/prisma/enums.ts";
import { CustomValueError, readCustomValue } from "../../records/custom-values.ts";

/** Converts values of a custom field whose type or options change. Pure. */

/**
 * Converts a value to the form of the changed field.
 *
 * @param renamed options' new names by their old ones
 * @returns the value, or null if it does not fit: nothing is rounded, cut or guessed
 */
export function convertValue(
  value: CustomValueJson,
  from: CustomFieldType,
  to: Definition,
  renamed: ReadonlyMap<string, string>,
): CustomValueJson | null {
  const rename = (option: string) => renamed.get(option) ?? option;
  const current = Array.isArray(value)
    ? value.map(rename)
    : from === "SELECT"
      ? rename(String(value))
      : (value as CustomValueJson);
  try {
    return readCustomValue(reshape(current, from, to.type), to);
  } catch (error) {
    if (error instanceof CustomValueError) return null;
    throw error;
  }
}

const truths: Readonly<Record<string, boolean>> = { true: true, false: false, yes: true, no: false };

/** Rewrites a value in the form that the new type reads. */
function reshape(value: CustomValueJson, from: CustomFieldType, to: CustomFieldType): unknown {
  if (from === to) return value;
  const text = Array.isArray(value) ? value.join(", ") : String(value);
  switch (to) {
    case "MULTI_SELECT":
      return Array.isArray(value) ? value : [text];
    case "SELECT":
      // Several options cannot become one: their joined text is none of the options.
      return Array.isArray(value) && value.length === 1 ? value[0] : text;
    case "BOOLEAN":
      return truths[text.trim().toLowerCase()] ?? text;
    case "DATE":
      return from === "DATE_TIME" ? text.replace(/T00:00:00\.000Z$/, "") : text.trim();
    case "DATE_TIME":
      return from === "DATE" ? `${text}T00:00:00Z` : text.trim();
    default:
      return text;
  }
}
