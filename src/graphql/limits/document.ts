import {
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  type Source,
} from "graphql";
import { RequestError } from "../../lib/errors.ts";
import { isDeep, MAX_VALUE_DEPTH } from "./values.ts";

/** Limits of the size of a document, whatever it asks for. What it asks for is limited by its cost (cost.ts). */
const documentLimits = {
  /** Characters; longer texts belong in variables. */
  length: 100_000,
  lines: 10_000,
  /** Tokens. */
  tokens: 2_000,
  /** Nested fields; fragments do not count. */
  depth: 10,
  /** Nested selections and fragments, whether or not a field is between them. */
  nesting: 100,
  /** Fields with the same name: validation compares each pair of them. */
  repeats: 250,
  aliases: 100,
  directives: 50,
  /** Top-level fields of a mutation. */
  mutations: 10,
} as const;

type Limit = keyof typeof documentLimits;

const names: Readonly<Record<Limit, string>> = {
  length: "characters",
  lines: "lines",
  tokens: "tokens",
  depth: "levels of fields inside each other",
  nesting: "levels of selections inside each other",
  repeats: "fields of one name",
  aliases: "aliases",
  directives: "directives",
  mutations: "mutations",
};

const codes = {
  length: "GRAPHQL_PARSE_FAILED",
  lines: "GRAPHQL_PARSE_FAILED",
  tokens: "GRAPHQL_PARSE_FAILED",
  depth: "QUERY_TOO_DEEP",
  nesting: "QUERY_TOO_DEEP",
  repeats: "GRAPHQL_PARSE_FAILED",
  aliases: "TOO_MANY_ALIASES",
  directives: "TOO_MANY_DIRECTIVES",
  mutations: "TOO_MANY_MUTATIONS",
} as const satisfies Record<Limit, RequestError["code"]>;

function check(limit: Limit, found: number): void {
  const most = documentLimits[limit];
  if (found <= most) return;
  throw new RequestError(codes[limit], `The document has ${found} ${names[limit]}; the limit is ${most}.`, {
    status: 400,
  });
}

/**
 * Refuses a text before it is parsed or cached.
 *
 * @throws RequestError
 */
export function checkText(text: string): void {
  check("length", text.length);
  let lines = 1;
  // Line breaks as GraphQL counts them for error locations.
  for (const _ of text.matchAll(/\r\n|[\n\r]/g)) lines += 1;
  check("lines", lines);
}

/**
 * Parses a document within the limits.
 *
 * @param introspection whether introspection is allowed
 * @throws RequestError for an exceeded limit, GraphQLError for a syntax error
 */
export function parseWithin(source: string | Source, introspection: boolean): DocumentNode {
  const document = parseTokens(source);
  new Measure(document, introspection).check();
  return document;
}

/** The message of graphql-js for too many tokens: the error has no code. */
const TOO_MANY_TOKENS = /Document contains more that \d+ tokens/;

function parseTokens(source: string | Source): DocumentNode {
  try {
    return parse(source, { maxTokens: documentLimits.tokens });
  } catch (error) {
    if (error instanceof RangeError) return tooDeep();
    if (error instanceof GraphQLError && TOO_MANY_TOKENS.test(error.message)) {
      const { tokens } = documentLimits;
      throw new RequestError("GRAPHQL_PARSE_FAILED", `The document has more than ${tokens} tokens.`, {
        status: 400,
      });
    }
    throw error;
  }
}

function tooDeep(): never {
  throw new RequestError(
    "QUERY_TOO_DEEP",
    `The document has values nested more than ${MAX_VALUE_DEPTH} levels deep.`,
    { status: 400 },
  );
}

/** Visits every node once, and every fragment once, however often it is spread. */
class Measure {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #depths = new Map<FragmentDefinitionNode, number>();
  readonly #definitions: readonly DefinitionNode[];
  readonly #introspection: boolean;
  /** Number of fields by response name. */
  readonly #repeats = new Map<string, number>();
  #aliases = 0;
  #directives = 0;

  constructor({ definitions }: DocumentNode, introspection: boolean) {
    this.#definitions = definitions;
    this.#introspection = introspection;
    for (const definition of definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.#fragments.set(definition.name.value, definition);
    }
  }

  check(): void {
    for (const definition of this.#definitions) {
      if (definition.kind === Kind.OPERATION_DEFINITION) this.#countOperation(definition);
      else if (definition.kind === Kind.FRAGMENT_DEFINITION) {
        this.#countDirectives(definition.directives);
        this.#countSelections(definition.selectionSet, 1);
      }
    }
    check("aliases", this.#aliases);
    check("repeats", Math.max(0, ...this.#repeats.values()));
    check("directives", this.#directives);
    for (const definition of this.#definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
      check("depth", this.#depthOf(definition.selectionSet));
      if (definition.operation === "mutation") check("mutations", this.#rootFields(definition));
    }
  }

  #countOperation({ directives, variableDefinitions, selectionSet }: OperationDefinitionNode): void {
    this.#countDirectives(directives);
    for (const variable of variableDefinitions ?? []) {
      this.#countDirectives(variable.directives);
      if (variable.defaultValue && isDeep(variable.defaultValue)) tooDeep();
    }
    this.#countSelections(selectionSet, 1);
  }

  #countDirectives(directives: readonly DirectiveNode[] | undefined): void {
    for (const directive of directives ?? []) {
      this.#directives += 1;
      for (const { value } of directive.arguments ?? []) if (isDeep(value)) tooDeep();
    }
  }

  #countSelections(selectionSet: SelectionSetNode | undefined, nesting: number): void {
    check("nesting", nesting);
    for (const selection of selectionSet?.selections ?? []) {
      this.#countDirectives(selection.directives);
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.FIELD) this.#countField(selection);
      if (selection.selectionSet) this.#countSelections(selection.selectionSet, nesting + 1);
    }
  }

  #countField({ alias, name, arguments: given }: FieldNode): void {
    if (alias) this.#aliases += 1;
    const key = (alias ?? name).value;
    this.#repeats.set(key, (this.#repeats.get(key) ?? 0) + 1);
    for (const { value } of given ?? []) if (isDeep(value)) tooDeep();
    if (!this.#introspection && (name.value === "__schema" || name.value === "__type")) {
      throw new RequestError("INTROSPECTION_DISABLED", "Introspection is disabled on this server.", {
        status: 400,
      });
    }
  }

  /** The depth of nested fields. Introspection may be deeper, since its answer is bounded. */
  #depthOf({ selections }: SelectionSetNode): number {
    let deepest = 0;
    for (const selection of selections) {
      let depth = 0;
      if (selection.kind === Kind.FRAGMENT_SPREAD) depth = this.#depthOfFragment(selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) depth = this.#depthOf(selection.selectionSet);
      else if (selection.name.value !== "__schema" && selection.name.value !== "__type")
        depth = 1 + (selection.selectionSet ? this.#depthOf(selection.selectionSet) : 0);
      deepest = Math.max(deepest, depth);
    }
    return deepest;
  }

  #depthOfFragment(name: string): number {
    const fragment = this.#fragments.get(name);
    if (!fragment) return 0;
    const known = this.#depths.get(fragment);
    if (known !== undefined) return known;
    // A fragment that spreads itself is refused by validation.
    this.#depths.set(fragment, 0);
    const depth = this.#depthOf(fragment.selectionSet);
    this.#depths.set(fragment, depth);
    return depth;
  }

  /** The top-level fields of an operation by response key. */
  #rootFields({ selectionSet }: OperationDefinitionNode): number {
    const found = new Set<string>();
    const seen = new Set<string>();
    const note = ({ selections }: SelectionSetNode): void => {
      for (const selection of selections) {
        if (selection.kind === Kind.FIELD) found.add((selection.alias ?? selection.name).value);
        else if (selection.kind === Kind.INLINE_FRAGMENT) note(selection.selectionSet);
        else if (!seen.has(selection.name.value)) {
          seen.add(selection.name.value);
          const fragment = this.#fragments.get(selection.name.value);
          if (fragment) note(fragment.selectionSet);
        }
      }
    };
    note(selectionSet);
    return found.size;
  }
}
