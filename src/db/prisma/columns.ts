/** The column of a Prisma field: `phoneNumbers` is kept in `phone_numbers`, `number1` in `number_1`. */
export const columnOf = (field: string): string =>
  field.replace(/[A-Z]|\d+/g, (part) => `_${part.toLowerCase()}`);
