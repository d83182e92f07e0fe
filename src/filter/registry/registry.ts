import { builtInFields } from "./built-in.ts";
import { customField, type Definition, type FilterEntity, type FilterField } from "./fields.ts";

/** A field, and the relations that lead to the record that has it, outermost first. */
export interface Found {
  readonly through: readonly FilterField[];
  readonly field: FilterField;
}

/** The fields of one entity in one organization: the built-in ones and those of its custom field definitions. */
export class Registry {
  readonly #fields = new Map<string, FilterField>();
  readonly #paths: string[];
  readonly #related = new Map<string, Registry>();

  /** @param definitions of any entity; the others serve related records */
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

  /** The entity's own field of this name, as either form spells it. */
  byName(name: string): FilterField | undefined {
    return this.#fields.get(name);
  }

  /** The field of this name, which may be a related record's: `deals.status`. */
  find(name: string): Found | undefined {
    const own = this.#fields.get(name);
    if (own) return { through: [], field: own };
    const dot = name.indexOf(".");
    const relation = dot < 0 ? undefined : this.#fields.get(name.slice(0, dot));
    if (relation?.storage.kind !== "relation") return undefined;
    const found = this.related(relation).find(name.slice(dot + 1));
    return found && { through: [relation, ...found.through], field: found.field };
  }

  /** The fields of the records that a relation leads to. */
  related({ path, storage }: FilterField): Registry {
    if (storage.kind !== "relation") throw new Error(`${path} is no relation`);
    let registry = this.#related.get(path);
    registry ??= new Registry(storage.relation.target, this.definitions);
    this.#related.set(path, registry);
    return registry;
  }

  /** Every field of the entity's own. */
  fields(): FilterField[] {
    return this.#paths.flatMap((path) => this.#fields.get(path) ?? []);
  }

  /** All names of the fields, each field's own name first. */
  names(): readonly string[] {
    return [...new Set([...this.#paths, ...this.#fields.keys()])];
  }

  /** All names, and those of the fields of related records. */
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
