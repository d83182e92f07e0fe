import { InvalidArgumentError } from "commander";
import { coerceInputValue, type GraphQLSchema, isInputType } from "graphql";
import type { ExportEntity } from "../generated/prisma/enums.ts";
import { exportFields } from "../jobs/export/columns.ts";
import { UsageError } from "./run.ts";

/** Options of the export command. */

const typed = (name: string): string => name.toLowerCase();
const constant = (text: string): string => text.toUpperCase().replaceAll("-", "_");

/** Splits at commas; empty parts are refused. */
const wordsOf = (text: string): string[] => {
  const words = text.split(",").map((word) => word.trim());
  if (words.includes(""))
    throw new InvalidArgumentError("It has an empty part between two commas, or at an end.");
  return words;
};

/** The fields that an export can have as columns, as they are typed on the command line. */
export const columnNames = (entity: ExportEntity): string[] => Object.keys(exportFields[entity]).map(typed);

/** A field or a custom field, in the form of the API. */
const placeOf = (name: string) =>
  name.startsWith("custom.") ? { customField: name.slice("custom.".length) } : { field: constant(name) };

/** A column as typed, before the entity is known. */
export interface TypedColumn {
  readonly field?: string;
  readonly customField?: string;
  readonly heading?: string;
}

/** Reads `<field>[=<heading>],…`. */
export const readColumns = (text: string): TypedColumn[] =>
  wordsOf(text).map((word) => {
    const at = word.indexOf("=");
    return at < 0
      ? placeOf(word)
      : { ...placeOf(word.slice(0, at).trim()), heading: word.slice(at + 1).trim() };
  });

/** Reads `<field>[:asc|:desc],…` as `ContactOrder` or the order type of another entity. */
export const readOrder = (text: string): object[] =>
  wordsOf(text).map((word) => {
    const [, name = "", way] = /^(.*?)(?::(asc|desc))?$/i.exec(word) ?? [];
    return { ...placeOf(name), ...(way !== undefined && { direction: constant(way) }) };
  });

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(
      `It must be JSON, such as '{"company":{"eq":"Acme"}}': ${(error as Error).message}.`,
    );
  }
}

/** One character, or the word tab. */
export const readDelimiter = (text: string): string => (/^(tab|\\t)$/i.test(text) ? "\t" : text);

/** @throws UsageError that lists unknown columns */
export function checkColumns(entity: ExportEntity, columns: readonly TypedColumn[]): void {
  const known = exportFields[entity];
  const unknown = columns.flatMap(({ field }) =>
    field === undefined || Object.hasOwn(known, field) ? [] : field,
  );
  if (unknown.length === 0) return;
  const custom = entity === "DEAL" || entity === "AUDIT_EVENT" ? "" : ", and custom.<slug>";
  throw new UsageError(
    `--columns has ${unknown.map(typed).join(", ")}; it takes ${columnNames(entity).join(", ")}${custom}`,
  );
}

/**
 * Reads a value as the API reads an argument of a type.
 *
 * @param option name of the option, for messages
 * @param type name of the type, such as `ContactFilter`
 * @throws UsageError with all problems of the value
 */
export function readAs(schema: GraphQLSchema, option: string, type: string, value: unknown): unknown {
  const found = schema.getType(type);
  if (!isInputType(found)) throw new Error(`${type} is not the type of an input`);
  const problems: string[] = [];
  const read = coerceInputValue(value, found, (path, _invalid, { message }) => {
    problems.push(path.length === 0 ? message : `${path.join(".")}: ${message}`);
  });
  if (problems.length > 0)
    throw new UsageError(problems.map((problem) => `${option}: ${problem}`).join("\n"));
  return read;
}
