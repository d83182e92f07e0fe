import { Prisma } from "../../generated/prisma/client.ts";

/** Converts rows to JSON and back, including dates and decimals, for which JSON has no types. */

type Json = Prisma.InputJsonValue | null;

/** A row, or an object of rows, as JSON. */
export function toSnapshot(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return { $date: value.toISOString() };
  if (Prisma.Decimal.isDecimal(value)) return { $decimal: value.toString() };
  if (Array.isArray(value)) return value.map(toSnapshot) as Json;
  if (typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) =>
        inner === undefined ? [] : [[key, toSnapshot(inner)]],
      ),
    ) as Json;
  }
  return value as Json;
}

/** The inverse of `toSnapshot`. */
export function fromSnapshot(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromSnapshot);
  if (typeof value !== "object" || value === null) return value;
  const { $date, $decimal } = value as { $date?: unknown; $decimal?: unknown };
  if (typeof $date === "string") return new Date($date);
  if (typeof $decimal === "string") return new Prisma.Decimal($decimal);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromSnapshot(inner)]));
}
