/** Leaving values out of what a row says. Pure. */

/** Where a value stands in an input. */
type Path = readonly string[];

export interface Reduced<Input> {
  readonly input: Input;
  /** What was left out, one for each path. */
  readonly values: readonly unknown[];
  /** Where something stood before that stands at a path now: members of lists have moved up. */
  readonly origin: (path: Path) => Path;
}

/**
 * What is left of an input without the values at some paths. A member of a list goes as a whole, and what has nothing
 * left in it goes too; where nothing stands at a path, what it would stand in goes.
 *
 * @returns null when there is nothing at one of the paths that could be left out
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

/** What goes when something at a path is wrong: as near to it as something stands, a member of a list at most. */
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

/** A value that was left out, as text. */
export const textOf = (value: unknown): string =>
  typeof value === "string"
    ? value
    : typeof value === "object" && value !== null && "value" in value
      ? textOf(value.value)
      : (JSON.stringify(value) ?? "");
