import { MARK, type Value } from "./shape.ts";
import type { Statement } from "./statement.ts";

/** The source of a parameter: a value of the call (`at` is its position), possibly inside other text, or a constant. */
type Parameter =
  | { readonly kind: "value"; readonly at: number; readonly before: string; readonly after: string }
  | { readonly kind: "asIs"; readonly at: number }
  | { readonly kind: "moment"; readonly at: number; readonly day: boolean }
  | { readonly kind: "list"; readonly items: readonly Parameter[] }
  | { readonly kind: "constant"; readonly value: unknown };

/** A statement, and how its parameters are made from the values of a call. */
export interface Template {
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

/**
 * Makes a template of a statement by finding the call's values among its parameters.
 *
 * @param markers the values of the call, all different
 * @returns null if a value was changed or is not among the parameters: the statement then cannot be used for other
 *   values
 */
export function templateOf({ text, values }: Statement, markers: readonly Value[]): Template | null {
  const found = new Set<number>();
  const read = (parameter: unknown): Parameter | null => {
    if (Array.isArray(parameter)) {
      const items = parameter.map(read);
      return items.includes(null) ? null : { kind: "list", items: items as Parameter[] };
    }
    for (const [at, marker] of markers.entries()) {
      const place = placeOf(parameter, marker, at);
      if (place) {
        found.add(at);
        return place;
      }
    }
    return String(parameter).includes(MARK) ? null : { kind: "constant", value: parameter };
  };
  const parameters = values.map(read);
  return parameters.includes(null) || found.size < markers.length
    ? null
    : { text, parameters: parameters as Parameter[] };
}

function placeOf(parameter: unknown, marker: Value, at: number): Parameter | null {
  if (marker instanceof Date) {
    const day = [false, true].find((each) => parameter === momentText(marker, each));
    return day === undefined ? null : { kind: "moment", at, day };
  }
  if (parameter === marker) return { kind: "asIs", at };
  if (parameter === String(marker)) return { kind: "value", at, before: "", after: "" };
  if (typeof marker !== "string" || typeof parameter !== "string") return null;
  const place = parameter.indexOf(marker);
  if (place < 0) return null;
  return {
    kind: "value",
    at,
    before: parameter.slice(0, place),
    after: parameter.slice(place + marker.length),
  };
}

/** A time or date, as the adapter sends it. */
const momentText = (moment: Date, day: boolean): string =>
  day ? moment.toISOString().slice(0, 10) : moment.toISOString();

/** The parameters of a call of the template's shape. */
export const parametersOf = ({ parameters }: Template, values: readonly Value[]): unknown[] =>
  parameters.map((parameter) => made(parameter, values));

function made(parameter: Parameter, values: readonly Value[]): unknown {
  switch (parameter.kind) {
    case "constant":
      return parameter.value;
    case "asIs":
      return values[parameter.at];
    case "moment":
      return momentText(values[parameter.at] as Date, parameter.day);
    case "value":
      return `${parameter.before}${values[parameter.at]}${parameter.after}`;
    case "list":
      return parameter.items.map((item) => made(item, values));
  }
}
