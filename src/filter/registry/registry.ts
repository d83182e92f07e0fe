import { builtInFields } from "./built-in.ts";
import { customField, type Definition, type FilterEntity, type FilterField } from "./fields.ts";

/** A field, and the relations that lead to its record, outermost first. */
export interface Found {
  readonly through: readonly FilterField[];
  readonly field: FilterField;
}

/** Registries without custom fields. */
const builtIn = new Map<FilterEntity, Registry>();

/** The fields of one entity in one organization: the built-in ones and those of its custom field definitions. */
export class Registry {
  readonly #fields = new Map<string, FilterField>();
  readonly #paths: string[];
  readonly #related = new Map<string, Registry>();

  /** The registry of an entity with these custom fields; without any, one that is kept. */
  static of(entity: FilterEntity, definitions: readonly Definition[]): Registry {
    if (definitions.length > 0) return new Registry(entity, definitions);
    const known = builtIn.get(entity) ?? new Registry(entity, []);
    builtIn.set(entity, known);
    return known;
  }

  /** @param definitions custom fields of any entity: those of other entities serve related records */
  constructor(
    readonly entity: FilterEntity,
    readonly definitions: readonly Definition[],
  ) {
    const own = definitions.filter((definition) => definition.entity === entity);
    const fields = [...builtInFields(entity), ...own.map(customField)];
    for (const field of fields)
      for (const name of [field.path, ...field.aliases]) this.#fields.set(name, field);
    this.#paths = fields.map((field) => field.path);
  }

  /** The entity's own field with this name, in either filter form. */
  byName(name: string): FilterField | undefined {
    return this.#fields.get(name);
  }

  /** The field with this name, which may belong to a related record: `deals.status`. */
  find(name: string): Found | undefined {
    const own = this.#fields.get(name);
    if (own) return { through: [], field: own };
    const dot = name.indexOf(".");
    const relation = dot < 0 ? undefined : this.#fields.get(name.slice(0, dot));
    if (relation?.storage.kind !== "relation") return undefined;
    const found = this.related(relation).find(name.slice(dot + 1));
    return found && { through: [relation, ...found.through], field: found.field };
  }

  /** The fields of the related records of a relation. */
  related({ path, storage }: FilterField): Registry {
    if (storage.kind !== "relation") throw new Error(`${path} is no relation`);
    let registry = this.#related.get(path);
    registry ??= new Registry(storage.relation.target, this.definitions);
    this.#related.set(path, registry);
    return registry;
  }

  /** The entity's own fields. */
  fields(): FilterField[] {
    return this.#paths.flatMap((path) => this.#fields.get(path) ?? []);
  }

  /** All names of the entity's fields; each field's path comes before its aliases. */
  names(): readonly string[] {
    return [...new Set([...this.#paths, ...this.#fields.keys()])];
  }

  /** All names, including those of fields of related records. */
  allNames(): readonly string[] {
    const related = this.fields().flatMap((field) =>
      field.storage.kind === "relation"
        ? this.related(field)
            .names()
            .map((name) => `${field.path}.${name}`)
        : [],
    );
    return [...this.names(), ...related];
  }
}
