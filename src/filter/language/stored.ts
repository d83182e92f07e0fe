import { decodeId, encodeId } from "../../db/ids.ts";
import { tagKey } from "../../lib/accents.ts";
import { fold } from "../../lib/fold.ts";
import type { FilterEntity, FilterField } from "../registry/fields.ts";
import { genericOperators } from "../registry/operators.ts";
import type { Registry } from "../registry/registry.ts";
import type { GenericCondition, GenericQuery } from "./question.ts";

/**
 * How stored queries name things: tags, members and other lists by id, so that these can be renamed; custom fields by
 * slug, which never changes; options by name as in records, rewritten together with them. Pure.
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
  /** The entity that has the field, perhaps a related one. */
  readonly entity: FilterEntity;
}

/** The field of a condition, and each text that it is compared with. */
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

/** Whether an operator compares with values of the field's type, and not with days or spans of them. */
const comparesValues = ({ op }: GenericCondition): boolean => {
  const { takes } = genericOperators[op].means;
  return takes === "one" || takes === "many";
};

/** The fields and texts that the conditions of a query name. */
export const namedIn = ({ groups }: GenericQuery, registry: Registry): NamedIn[] =>
  groups.flatMap(({ conditions }) =>
    conditions.flatMap((condition) => {
      const place = placeOf(condition.field, registry);
      if (!place) return [];
      const items = comparesValues(condition) ? [condition.value].flat() : [];
      return [{ ...place, texts: items.filter((item) => typeof item === "string") }];
    }),
  );

/** The query with each text that a condition compares with changed; the same query when nothing changes. */
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

/** The tag that a text means: by id, or by name without regard to case and outer spaces. */
const tagOf = (text: string, tags: readonly NamedTag[]): NamedTag | undefined => {
  const decoded = decodeId(text);
  const byId = decoded?.type === "Tag" ? tags.find(({ id }) => id === decoded.uuid) : undefined;
  const key = tagKey(text);
  return byId ?? tags.find(({ nameKey }) => nameKey === key);
};

/** A query as it is stored: tags by id, options spelled as the field has them. */
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
 * A stored query as it is shown, which can be sent back: tags by their current names. A tag whose name looks like an id
 * is shown by its id.
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
