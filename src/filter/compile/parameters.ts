/**
 * How many values a `where` brings to its statement. PostgreSQL takes 65,535 of them and Prisma half as many, and no
 * list of Prisma's is one value. Pure.
 */
export function countParameters(where: unknown): number {
  if (typeof where !== "object" || where === null || where instanceof Date) return 1;
  let count = 0;
  for (const value of Object.values(where)) count += countParameters(value);
  return count;
}
