const known = new Map<string, string>();

/** The column of a Prisma field: `phone_numbers` for `phoneNumbers`, `number_1` for `number1`. */
export function columnOf(field: string): string {
  const before = known.get(field);
  if (before !== undefined) return before;
  const column = field.replace(/[A-Z]|\d+/g, (part) => `_${part.toLowerCase()}`);
  known.set(field, column);
  return column;
}
