import { builtInFields, customField, type Definition, type Entity, type FilterField } from "./fields.ts";

/** The fields of one entity in one organization: the built-in ones and those of its custom field definitions. */
export class Registry {
  readonly #fields = new Map<string, FilterField>();
  readonly #paths: string[];

  constructor(
    readonly entity: Entity,
    definitions: readonly Definition[],
  ) {
    const fields = [...builtInFields[entity], ...definitions.map(customField)];
    for (const field of fields)
      for (const name of [field.path, ...field.aliases]) this.#fields.set(name, field);
    this.#paths = fields.map((field) => field.path);
  }

  /** The field of this name, as either door spells it. */
  byName(name: string): FilterField | undefined {
    return this.#fields.get(name);
  }

  /** Every name there is, each field's own first. */
  names(): readonly string[] {
    return [...this.#paths, ...this.#fields.keys()];
  }
}
