import type { CustomField } from "../../generated/prisma/client.ts";
import type { Writer } from "../../records/writer.ts";

/** The smart lists whose filter, order or columns use a custom field. */
export async function listsUsingField(
  { tx }: Writer,
  { entity, slug }: Pick<CustomField, "entity" | "slug">,
): Promise<{ id: string; name: string }[]> {
  // Smart lists are about contacts; a lead's fields come in through the leads that became them.
  const field = entity === "CONTACT" ? `custom.${slug}` : `leads.custom.${slug}`;
  const lists = await tx.smartList.findMany({ orderBy: [{ position: "asc" }, { id: "asc" }] });
  return lists
    .filter(({ query, order, columns }) => names([query, order, columns]).has(field))
    .map(({ id, name }) => ({ id, name }));
}

/** Every field that a list's parts name. */
function names(value: unknown): Set<string> {
  if (typeof value === "string") return new Set([value]);
  if (Array.isArray(value)) return new Set(value.flatMap((item) => [...names(item)]));
  if (typeof value !== "object" || value === null) return new Set();
  return new Set(
    Object.entries(value).flatMap(([key, inner]) =>
      key === "customField" ? [`custom.${String(inner)}`] : key === "value" ? [] : [...names(inner)],
    ),
  );
}
