import pg, { type CustomTypesConfig } from "pg";
import { Prisma } from "../generated/prisma/client.ts";

/** The OIDs (`pg_type.oid`) of PostgreSQL types that need other parsers than the driver's. No other file has OIDs. */
const BYTEA = 17;
const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;
const NUMERIC = 1700;

type Reader = (text: string) => unknown;

const driver = (oid: number) => pg.types.getTypeParser(oid) as Reader;

/** Values as Prisma returns them, whatever the session's time zone. */
const readers: Readonly<Record<number, Reader>> = {
  [BYTEA]: (text) => new Uint8Array(driver(BYTEA)(text) as Buffer),
  [INT8]: BigInt,
  // Midnight UTC; the driver would use midnight in the machine's time zone.
  [DATE]: (text) => new Date(`${text}T00:00:00Z`),
  [TIMESTAMPTZ]: (text) => new Date(isoMoment(text)),
  [NUMERIC]: (text) => new Prisma.Decimal(text),
};

/** Type parsers for statements whose rows must look like Prisma's. */
export const rowTypes: CustomTypesConfig = {
  getTypeParser: (oid, format) => readers[oid] ?? pg.types.getTypeParser(oid, format),
};

/** Type parsers for Prisma's adapter, whose own parser drops a timestamp's offset and treats the rest as UTC. */
export const withMoments = (types: CustomTypesConfig): CustomTypesConfig => ({
  getTypeParser: (oid, format) => (oid === TIMESTAMPTZ ? isoMoment : types.getTypeParser(oid, format)),
});

/**
 * A Prisma value as the driver sends it: decimals and JSON as text. Arrays stay arrays, for PostgreSQL array columns.
 */
export function parameterOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (value instanceof Date) return value.toISOString();
  return Prisma.Decimal.isDecimal(value) ? value.toString() : JSON.stringify(value);
}

/**
 * Converts a timestamp as PostgreSQL writes it, `2026-06-29 22:46:01.1+00`, to ISO 8601, `2026-06-29T22:46:01.100Z`.
 * Cut from the text if the session is in UTC, because a page has hundreds of them; the driver parses other offsets
 * and unusual years.
 */
function isoMoment(text: string): string {
  const usual =
    text.length >= 22 && text.length <= 26 && text.endsWith("+00")
      ? text.charCodeAt(4) === DASH && text.charCodeAt(10) === SPACE
      : false;
  if (usual) return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, "0")}Z`;
  const read = driver(TIMESTAMPTZ)(text);
  if (read instanceof Date) return read.toISOString();
  throw new RangeError(`the session's DateStyle is not ISO: a moment came as ${text}`);
}

const DASH = 45;
const SPACE = 32;
