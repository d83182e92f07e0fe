import pg, { type CustomTypesConfig } from "pg";

/** How the driver reads PostgreSQL's values. */

/** The type of moments, `timestamptz`. */
const MOMENT = 1184;

const own = new WeakSet<CustomTypesConfig>();

/** Readers of some types, by their number, and the driver's for the others. */
export function typesWith(readers: Readonly<Record<number, (text: string) => unknown>>): CustomTypesConfig {
  const types: CustomTypesConfig = {
    getTypeParser: (oid, format) => readers[oid] ?? pg.types.getTypeParser(oid, format),
  };
  own.add(types);
  return types;
}

/** The types of a statement of Prisma's, whose adapter drops a moment's offset and takes what is left for UTC. */
export const withOffsets = (types: CustomTypesConfig): CustomTypesConfig =>
  own.has(types)
    ? types
    : { getTypeParser: (oid, format) => (oid === MOMENT ? isoMoment : types.getTypeParser(oid, format)) };

/**
 * A moment as PostgreSQL writes it, `2026-06-29 22:46:01.1+00`, as answers have it, `2026-06-29T22:46:01.100Z`. By hand
 * in a session in UTC, because a page has hundreds of them; the driver reads what other zones and other centuries give.
 */
export function isoMoment(text: string): string {
  const usual =
    text.length >= 22 && text.length <= 26 && text.endsWith("+00")
      ? text.charCodeAt(4) === DASH && text.charCodeAt(10) === SPACE
      : false;
  if (usual) return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, "0")}Z`;
  const read: unknown = pg.types.getTypeParser(MOMENT)(text);
  if (read instanceof Date) return read.toISOString();
  throw new RangeError(`the session's DateStyle is not ISO: a moment came as ${text}`);
}

const DASH = 45;
const SPACE = 32;
