/**
 * The number of parameters of a `where`. PostgreSQL takes 65,535 in a statement and Prisma half as many; each item of a
 * list is one. Pure.
 */
export function countParameters(where: unknown): number {
  if (typeof where !== "object" || where === null || where instanceof Date) return 1;
  let count = 0;
  for (const value of Object.values(where)) count += countParameters(value);
  return count;
}
