import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { DEFAULT_PAGE, MAX_PAGE } from "../../lib/page.ts";
import { priceOf } from "./price.ts";

/** Assumed items of a list that has neither a page size nor a `price`. */
const LIST_ITEMS = 10;
const MUTATION_COST = 10;

/** The cost of a selection by type, and by page size if the type is a connection. */
type Known = Map<GraphQLCompositeType, Map<number, number>>;

/** A selection on a type, with the page size if the type is a connection. */
interface Level {
  readonly node: SelectionSetNode;
  readonly type: GraphQLCompositeType;
  readonly page: number;
}

/** A field of a level, its share of the cost, and its selection if it has one. */
interface Next {
  readonly name: string;
  readonly share: number;
  readonly level: Level | null;
}

/** A field and its share of the whole cost. */
export interface Share {
  /** Response keys from the root. */
  readonly path: readonly string[];
  readonly share: number;
  /** Whether it has no selection. */
  readonly leaf: boolean;
}

/** The smallest share of a field that an error tells, and the number of fields. */
const [LEAST_SHARE, MOST_SHARES] = [0.1, 10];

/** Most characters of a name that an error repeats. */
const MAX_NAME = 60;

/** Computes the cost of selections, as defined in `cost.ts`. */
export class Counter {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  /** Each selection is counted once, however often its fragment is spread. */
  readonly #known = new Map<SelectionSetNode, Known>();
  /** Whether a variable was read: with other values the cost may be another. */
  readsVariables = false;

  constructor(
    readonly schema: GraphQLSchema,
    document: DocumentNode,
    readonly variables: Readonly<Record<string, unknown>>,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.#fragments.set(definition.name.value, definition);
    }
  }

  /** @param page number of items of a page, if the type is a connection */
  selections(node: SelectionSetNode, type: GraphQLCompositeType, page: number): number {
    const types = getOrMake(this.#known, node, () => new Map());
    const pages = getOrMake(types, type, () => new Map<number, number>());
    const known = pages.get(page);
    if (known !== undefined) return known;
    // Fragments that spread themselves were refused by validation.
    pages.set(page, 0);
    const total = isAbstractType(type)
      ? Math.max(
          ...this.schema.getPossibleTypes(type).map((possible) => this.selections(node, possible, page)),
        )
      : node.selections.reduce((sum, selection) => sum + this.#selection(selection, type, page), 0);
    pages.set(page, total);
    return total;
  }

  /** The actual cost of a record of an answer. */
  actual(node: SelectionSetNode, type: GraphQLCompositeType, page: number, record: unknown): number {
    // Nested fragments are visited once for each value that they cost, and not at all if they cost nothing.
    if (record === null || typeof record !== "object" || this.selections(node, type, page) === 0) return 0;
    if (isAbstractType(type)) {
      // An answer need not contain the type of a record: the most expensive possible type is used.
      const types = this.schema.getPossibleTypes(type);
      return Math.max(...types.map((possible) => this.actual(node, possible, page, record)));
    }
    return node.selections.reduce((sum, selection) => {
      if (!this.#included(selection.directives)) return sum;
      if (selection.kind === Kind.FIELD) return sum + this.#actualField(selection, type, page, record);
      const inner = this.#inside(selection, type);
      return inner ? sum + this.actual(inner, type, page, record) : sum;
    }, 0);
  }

  #actualField(node: FieldNode, type: GraphQLCompositeType, page: number, record: object): number {
    const field = fieldOf(type, node);
    if (!field) return 1;
    const own = this.#own(field, type);
    const inner = getNamedType(field.type);
    if (!node.selectionSet || !isCompositeType(inner)) return own;
    const value = (record as Readonly<Record<string, unknown>>)[(node.alias ?? node.name).value];
    const { selectionSet } = node;
    const size = isConnection(inner) ? this.#size(field, node) : 1;
    // A record of another type than the assumed one may have a list instead of an object.
    if (Array.isArray(value) !== isListType(getNullableType(field.type))) return own;
    const items = Array.isArray(value) ? value.slice(0, this.#items(field, node, type, page)) : [value];
    return items.reduce<number>((sum, item) => sum + this.actual(selectionSet, inner, size, item), own);
  }

  #selection(node: SelectionNode, type: GraphQLCompositeType, page: number): number {
    if (!this.#included(node.directives)) return 0;
    if (node.kind === Kind.FIELD) return this.#field(node, type, page);
    const inner = this.#inside(node, type);
    return inner ? this.selections(inner, type, page) : 0;
  }

  /** The selection of a fragment on a type; null if the fragment applies to other types. */
  #inside(
    node: InlineFragmentNode | FragmentSpreadNode,
    type: GraphQLCompositeType,
  ): SelectionSetNode | null {
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
    return inner && this.#applies(inner.typeCondition?.name.value, type) ? inner.selectionSet : null;
  }

  /** Whether a fragment on `condition` applies to records of the type. */
  #applies(condition: string | undefined, type: GraphQLCompositeType): boolean {
    if (condition === undefined || condition === type.name) return true;
    const wanted = this.schema.getType(condition);
    return isAbstractType(wanted) && isObjectType(type) && this.schema.isSubType(wanted, type);
  }

  #field(node: FieldNode, type: GraphQLCompositeType, page: number): number {
    const field = fieldOf(type, node);
    if (!field) return 1;
    const own = this.#own(field, type);
    const inner = getNamedType(field.type);
    if (!node.selectionSet || !isCompositeType(inner)) return own;
    const items = isListType(getNullableType(field.type)) ? this.#items(field, node, type, page) : 1;
    const size = isConnection(inner) ? this.#size(field, node) : 1;
    return own + items * this.selections(node.selectionSet, inner, size);
  }

  /** The cost of the field itself. */
  #own({ extensions }: GraphQLField<unknown, unknown>, type: GraphQLCompositeType): number {
    return priceOf(extensions).cost ?? (type === this.schema.getMutationType() ? MUTATION_COST : 1);
  }

  /** The number of items that a list may have. */
  #items(
    field: GraphQLField<unknown, unknown>,
    node: FieldNode,
    type: GraphQLCompositeType,
    page: number,
  ): number {
    if (isConnection(type)) return page;
    if (field.args.some(({ name }) => name === "first")) return this.#size(field, node);
    const ids = this.#argument(field, node, "ids");
    if (Array.isArray(ids)) return Math.min(Math.max(ids.length, 1), MAX_PAGE);
    return priceOf(field.extensions).items ?? LIST_ITEMS;
  }

  /** An invalid page size is refused when the page is read, so that its cost does not matter. */
  #size(field: GraphQLField<unknown, unknown>, node: FieldNode): number {
    const given = this.#argument(field, node, "first") ?? this.#argument(field, node, "last");
    return typeof given === "number" ? Math.min(Math.max(given, 1), MAX_PAGE) : DEFAULT_PAGE;
  }

  #argument(field: GraphQLField<unknown, unknown>, { arguments: given }: FieldNode, name: string): unknown {
    const value = given?.find((argument) => argument.name.value === name)?.value;
    const fallback = () => field.args.find((argument) => argument.name === name)?.defaultValue;
    switch (value?.kind) {
      case Kind.INT:
        return Number(value.value);
      case Kind.LIST:
        return value.values;
      case Kind.VARIABLE: {
        const variable = this.#variable(value.name.value);
        return variable === undefined ? fallback() : variable;
      }
      default:
        return fallback();
    }
  }

  #variable(name: string): unknown {
    this.readsVariables = true;
    return this.variables[name];
  }

  #included(directives: readonly DirectiveNode[] | undefined): boolean {
    return (directives ?? []).every(({ name, arguments: given }) => {
      const condition = given?.find((argument) => argument.name.value === "if")?.value;
      const value =
        condition?.kind === Kind.VARIABLE
          ? this.#variable(condition.name.value)
          : condition?.kind === Kind.BOOLEAN && condition.value;
      return name.value === "skip" ? value !== true : name.value !== "include" || value !== false;
    });
  }

  /**
   * The fields that cause at least a tenth of the cost, each followed by those inside it.
   *
   * @returns response paths, and shares of the total
   */
  shares(node: SelectionSetNode, type: GraphQLCompositeType): readonly Share[] {
    const found: Share[] = [];
    const collect = (level: Level, path: readonly string[], part: number) => {
      for (const { name, share, level: inner } of this.#fieldsOf(level)) {
        const whole = part * share;
        if (whole < LEAST_SHARE || found.length === MOST_SHARES) continue;
        const field = [...path, name];
        found.push({ path: field, share: whole, leaf: inner === null });
        if (inner) collect(inner, field, whole);
      }
    };
    collect({ node, type, page: 1 }, [], 1);
    return found;
  }

  /** The fields of a level, the most expensive first. */
  #fieldsOf(level: Level): Next[] {
    const { node, page } = level;
    const type = this.#dearestType(level);
    const total = this.selections(node, type, page);
    return this.#fieldsIn(node, type, new Set())
      .map((field) => ({ field, cost: this.#field(field, type, page) }))
      .sort((one, other) => other.cost - one.cost)
      .map(({ field, cost }) => ({
        name: (field.alias ?? field.name).value.slice(0, MAX_NAME),
        share: cost / total,
        level: this.#levelIn(field, type),
      }));
  }

  #levelIn(node: FieldNode, type: GraphQLCompositeType): Level | null {
    const field = fieldOf(type, node);
    const inner = field && getNamedType(field.type);
    if (!field || !node.selectionSet || !isCompositeType(inner)) return null;
    return {
      node: node.selectionSet,
      type: inner,
      page: isConnection(inner) ? this.#size(field, node) : 1,
    };
  }

  #dearestType({ node, type, page }: Level): GraphQLCompositeType {
    if (!isAbstractType(type)) return type;
    const [first = type] = [...this.schema.getPossibleTypes(type)].sort(
      (one, other) => this.selections(node, other, page) - this.selections(node, one, page),
    );
    return first;
  }

  /** The fields of a selection including its fragments, each fragment once. */
  #fieldsIn(node: SelectionSetNode, type: GraphQLCompositeType, seen: Set<string>): FieldNode[] {
    return node.selections.flatMap((selection) => {
      if (!this.#included(selection.directives)) return [];
      if (selection.kind === Kind.FIELD) return [selection];
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (seen.has(selection.name.value)) return [];
        seen.add(selection.name.value);
      }
      const inner =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
      if (!inner || !this.#applies(inner.typeCondition?.name.value, type)) return [];
      return this.#fieldsIn(inner.selectionSet, type, seen);
    });
  }
}

const fieldOf = (type: GraphQLCompositeType, { name }: FieldNode) =>
  "getFields" in type ? type.getFields()[name.value] : undefined;

const isConnection = ({ name }: GraphQLCompositeType): boolean => name.endsWith("Connection");

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
