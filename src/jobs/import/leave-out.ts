/** Removes invalid values from the input of a row. Pure. */

/** The path of a value in an input. */
type Path = readonly string[];

export interface Reduced<Input> {
  readonly input: Input;
  /** The removed values, one for each path. */
  readonly values: readonly unknown[];
  /** Maps a path to the original path: items of lists move up when one is removed. */
  readonly origin: (path: Path) => Path;
}

/**
 * Removes the values at some paths. An invalid item of a list is removed as a whole, and so is an object that becomes
 * empty; if there is no value at a path, its nearest parent is removed.
 *
 * @returns null if there is nothing to remove at one of the paths
 */
export function without<Input extends object>(input: Input, paths: readonly Path[]): Reduced<Input> | null {
  const units = paths.map((path) => unitAt(input, path));
  if (units.some((unit) => unit.path.length === 0)) return null;
  const gone = new Set(units.map(({ path }) => keyOf(path)));
  const kept = new Map<string, string[]>();
  const entries = Object.entries(input).flatMap(([name, value]): [string, unknown][] => {
    if (gone.has(keyOf([name]))) return [];
    const inside = units.some(({ path }) => path[0] === name);
    if (!inside) return [[name, value]];
    const rest = Object.entries(value as object).filter(([inner]) => !gone.has(keyOf([name, inner])));
    if (rest.length === 0) return [];
    if (!Array.isArray(value)) return [[name, Object.fromEntries(rest)]];
    kept.set(
      name,
      rest.map(([at]) => at),
    );
    return [[name, rest.map(([, member]) => member)]];
  });
  return {
    input: Object.fromEntries(entries) as Input,
    values: units.map(({ value }) => value),
    origin: ([name = "", at = "", ...rest]) => {
      const before = kept.get(name)?.[Number(at)];
      return [name, before ?? at, ...rest];
    },
  };
}

const keyOf = (path: Path): string => path.join("\n");

/** The part to remove for a problem at a path: the value itself or its nearest parent, at most an item of a list. */
function unitAt(input: object, path: Path): { readonly path: Path; readonly value: unknown } {
  const unit: string[] = [];
  let value: unknown = input;
  for (const name of path.slice(0, 2)) {
    const inner: unknown =
      typeof value === "object" && value !== null && Object.hasOwn(value, name)
        ? (value as Readonly<Record<string, unknown>>)[name]
        : null;
    if (inner == null) break;
    unit.push(name);
    value = inner;
  }
  return { path: unit, value };
}

/** A removed value as text. */
export const textOf = (value: unknown): string =>
  typeof value === "string"
    ? value
    : typeof value === "object" && value !== null && "value" in value
      ? textOf(value.value)
      : (JSON.stringify(value) ?? "");
