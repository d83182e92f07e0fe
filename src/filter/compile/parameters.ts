/**
 * The number of parameters of a `where`; each item of a list is one. PostgreSQL allows 65,535 in a statement, Prisma
 * half as many. Pure.
 */
export function countParameters(where: unknown): number {
  if (typeof where !== "object" || where === null || where instanceof Date) return 1;
  let count = 0;
  for (const value of Object.values(where)) count += countParameters(value);
  return count;
}

/** The number of values that a `where` compares with values under a key of a JSON column, without nulls. Pure. */
export function countInJson(where: unknown): number {
  if (typeof where !== "object" || where === null || where instanceof Date) return 0;
  if (Array.isArray(where)) return where.reduce<number>((sum, each) => sum + countInJson(each), 0);
  const { path, ...others } = where as { readonly path?: unknown };
  if (Array.isArray(path)) return Object.values(others).filter((value) => typeof value !== "object").length;
  return countInJson(Object.values(where));
}
