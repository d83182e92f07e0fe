import { decodeId, encodeId } from "../../db/ids.ts";
import { tagKey } from "../../lib/accents.ts";
import { fold } from "../../lib/fold.ts";
import type { FilterEntity, FilterField } from "../registry/fields.ts";
import { genericOperators } from "../registry/operators.ts";
import type { Registry } from "../registry/registry.ts";
import type { GenericCondition, GenericQuery } from "./question.ts";

/**
 * Stored queries refer to tags, members and other lists by id, so that these can be renamed; to custom fields by
 * slug, which never changes; to options by name as in records, which a rename also rewrites. Pure.
 */

/** A tag that queries can name. */
export interface NamedTag {
  readonly id: string;
  readonly name: string;
  readonly nameKey: string;
}

/** The field of a condition. */
interface Place {
  readonly field: FilterField;
  /** The entity of the field, which may be a related one. */
  readonly entity: FilterEntity;
}

/** The field of a condition, and each text that the field is compared with. */
export interface NamedIn extends Place {
  readonly texts: readonly string[];
}

const placeOf = (name: string, registry: Registry): Place | null => {
  const found = registry.find(name);
  if (!found) return null;
  const storage = found.through.at(-1)?.storage;
  return {
    field: found.field,
    entity: storage?.kind === "relation" ? storage.relation.target : registry.entity,
  };
};

/** Whether an operator compares with values of the field's type, not with relative dates. */
const comparesValues = ({ op }: GenericCondition): boolean => {
  const { takes } = genericOperators[op].means;
  return takes === "one" || takes === "many";
};

/** The fields and texts that a query's conditions name. */
export const namedIn = ({ groups }: GenericQuery, registry: Registry): NamedIn[] =>
  groups.flatMap(({ conditions }) =>
    conditions.flatMap((condition) => {
      const place = placeOf(condition.field, registry);
      if (!place) return [];
      const items = comparesValues(condition) ? [condition.value].flat() : [];
      return [{ ...place, texts: items.filter((item) => typeof item === "string") }];
    }),
  );

/** The query with each compared text changed; the same object if nothing changes. */
export function changeTexts(
  query: GenericQuery,
  registry: Registry,
  change: (text: string, place: Place) => string,
): GenericQuery {
  let changed = false;
  const changeOne = (item: unknown, place: Place): unknown => {
    if (typeof item !== "string") return item;
    const after = change(item, place);
    changed ||= after !== item;
    return after;
  };
  const groups = query.groups.map((group) => ({
    ...group,
    conditions: group.conditions.map((condition) => {
      const place = comparesValues(condition) ? placeOf(condition.field, registry) : null;
      if (!place) return condition;
      const { value } = condition;
      const after = Array.isArray(value)
        ? value.map((item) => changeOne(item, place))
        : changeOne(value, place);
      return value === undefined ? condition : { ...condition, value: after };
    }),
  }));
  return changed ? { ...query, groups } : query;
}

/** The tag that a text names: by id, or by name regardless of case and surrounding spaces. */
const tagOf = (text: string, tags: readonly NamedTag[]): NamedTag | undefined => {
  const decoded = decodeId(text);
  const byId = decoded?.type === "Tag" ? tags.find(({ id }) => id === decoded.uuid) : undefined;
  const key = tagKey(text);
  return byId ?? tags.find(({ nameKey }) => nameKey === key);
};

/** A query in the form in which it is stored: tags by id, options spelled as in the field. */
export const asStored = (query: GenericQuery, registry: Registry, tags: readonly NamedTag[]): GenericQuery =>
  changeTexts(query, registry, (text, { field }) => {
    if (field.type === "tags") {
      const tag = tagOf(text, tags);
      return tag ? encodeId("Tag", tag.id) : text;
    }
    if (field.type !== "select" && field.type !== "multiSelect") return text;
    return field.options?.find((option) => fold(option) === fold(text)) ?? text;
  });

/**
 * A stored query in the form in which it is shown and can be sent back: tags by their current names. A tag whose name
 * looks like an id is shown by its id.
 */
export const shown = (query: GenericQuery, registry: Registry, tags: readonly NamedTag[]): GenericQuery =>
  changeTexts(query, registry, (text, { field }) => {
    if (field.type !== "tags") return text;
    const tag = tagOf(text, tags);
    return tag && decodeId(tag.name) === null ? tag.name : text;
  });

/** Whether a stored query names a tag by id. */
export const namesTags = ({ groups }: GenericQuery): boolean =>
  groups.some(({ conditions }) =>
    conditions.some(({ value }) =>
      [value].flat().some((item) => typeof item === "string" && decodeId(item)?.type === "Tag"),
    ),
  );
