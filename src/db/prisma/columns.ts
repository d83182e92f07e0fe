/** The column of a Prisma field: `phone_numbers` for `phoneNumbers`, `number_1` for `number1`. */
export const columnOf = (field: string): string =>
  field.replace(/[A-Z]|\d+/g, (part) => `_${part.toLowerCase()}`);
