import type { CustomValueJson } from "../filter/language/derive.ts";
import type { Definition } from "../filter/registry/fields.ts";
import { nearest } from "../filter/registry/nearest.ts";
import type { Warning } from "../graphql/context.ts";
import { quote, type Refusal, refusal } from "../lib/errors.ts";
import { fold } from "../lib/fold.ts";
import { CustomValueError, readCustomValue } from "./custom-values.ts";

/** A record's custom field values by slug. */
export type CustomValues = Readonly<Record<string, CustomValueJson>>;

/** A record's value of a field. Only own properties count, so that the slug `constructor` has no value. */
export const customValue = (values: CustomValues, slug: string): CustomValueJson | undefined =>
  Object.hasOwn(values, slug) ? values[slug] : undefined;

/** Number of refusals for which near misses are searched; further ones come without suggestions. */
const SUGGESTED = 20;

export interface CustomInput {
  readonly slug: string;
  readonly value?: unknown;
}

/** A record's custom values after a change, and what is wrong with the input. */
export interface AppliedCustom {
  readonly custom: CustomValues;
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
}

/**
 * Applies values to a record's custom fields: only the named slugs change, null clears a value. A field's name is
 * accepted in place of its slug, with a warning, as in Skipcall's API.
 *
 * @param path position of the values in the arguments
 */
export function applyCustom(
  before: CustomValues,
  values: readonly CustomInput[],
  definitions: readonly Definition[],
  path: readonly string[] = ["input", "customFields"],
): AppliedCustom {
  if (values.length === 0) return { custom: before, refusals: [], warnings: [] };
  const custom: Record<string, CustomValueJson> = { ...before };
  const refusals: Refusal[] = [];
  const warnings: Warning[] = [];
  const named = new Set<string>();
  for (const [at, { slug, value }] of values.entries()) {
    const place = [...path, String(at)];
    const definition = findDefinition(slug, definitions);
    if (!definition) {
      refusals.push(unknownField(slug, refusals.length < SUGGESTED ? definitions : [], [...place, "slug"]));
      continue;
    }
    if (named.has(definition.slug)) {
      const message = `names the custom field ${quote(definition.slug)} twice`;
      refusals.push(refusal("INVALID_VALUE", [...place, "slug"], message));
      continue;
    }
    named.add(definition.slug);
    if (definition.slug !== slug) warnings.push(nameUsed(slug, definition, [...place, "slug"]));
    try {
      const stored = readCustomValue(value ?? null, definition, refusals.length < SUGGESTED);
      if (stored === null) delete custom[definition.slug];
      else custom[definition.slug] = stored;
    } catch (error) {
      if (!(error instanceof CustomValueError)) throw error;
      refusals.push({
        kind: "customField",
        code: "INVALID_CUSTOM_VALUE",
        path: [...place, "value"],
        message: `${slug} ${error.message}`,
        slug,
        suggestions: error.suggestions,
      });
    }
  }
  return { custom, refusals, warnings };
}

interface Index {
  readonly bySlug: ReadonlyMap<string, Definition>;
  readonly byName: ReadonlyMap<string, Definition>;
}

/** Definitions by slug and name; computed once for a catalogue, because an import looks up many. */
const indexes = new WeakMap<readonly Definition[], Index>();

function indexOf(definitions: readonly Definition[]): Index {
  const known = indexes.get(definitions);
  if (known) return known;
  // If two have the same key, the first wins.
  const by = (key: (definition: Definition) => string) =>
    new Map(definitions.toReversed().map((definition) => [key(definition), definition]));
  const index = { bySlug: by(({ slug }) => slug), byName: by(({ name }) => fold(name)) };
  indexes.set(definitions, index);
  return index;
}

/** The field with this slug, else the field with this name. */
export function findDefinition(slug: string, definitions: readonly Definition[]): Definition | undefined {
  const { bySlug, byName } = indexOf(definitions);
  return bySlug.get(slug) ?? byName.get(fold(slug.trim()));
}

export function unknownField(
  slug: string,
  definitions: readonly Definition[],
  path: readonly string[],
): Refusal {
  const suggestions = nearest(
    slug,
    definitions.map((definition) => definition.slug),
  );
  const hint = suggestions[0] === undefined ? "" : `; did you mean ${quote(suggestions[0])}?`;
  const message = `there is no custom field with the slug ${quote(slug)}${hint}`;
  return { kind: "customField", code: "UNKNOWN_CUSTOM_FIELD", path, message, slug, suggestions };
}

const nameUsed = (name: string, { slug }: Definition, path: readonly string[]): Warning => ({
  code: "DEPRECATED_CUSTOM_FIELD_NAME",
  message: `Naming a custom field by its name is deprecated: use the slug ${quote(slug)} instead of ${quote(name)}.`,
  path,
});
