import type { PrismaObjectRef } from "@pothos/plugin-prisma";
import type { GraphQLResolveInfo } from "graphql";
import { type BuilderTypes, builder, readIdOf } from "./builder.ts";
import { recordAsJson } from "./compiled/document.ts";
import type { Context } from "./context.ts";
import { writtenRecord } from "./loaders.ts";
import type { PrismaTypes, Rows } from "./rows.ts";

/**
 * Adds a global id to a type, and finds its records through `node` and `nodes`.
 *
 * @param ref the type, from `prismaObject`
 * @param prefix of its ids
 * @param load reads a row with its selected columns; null if the caller cannot see it
 */
export function asNode<Model extends keyof Rows, Shape extends object>(
  ref: PrismaObjectRef<BuilderTypes, PrismaTypes[Model], Shape>,
  prefix: string,
  load: (context: Context, id: string, info: GraphQLResolveInfo) => Promise<Rows[Model] | null>,
): void {
  builder.nodeRef(ref, {
    id: {
      // Replaced by `withIdsAtOnce`.
      resolve: (row) => (row as { readonly id: string }).id,
      description: `Global id, \`${prefix}_…\`.`,
    },
    loadWithoutCache: (id, context, info) => load(context, id, info),
  });
}

/** Extensions of a field of Query that finds a record by its id, which can be JSON text. */
export const byIdAsJson = (type: "Contact" | "Lead" | "Deal") =>
  recordAsJson(async (writing, { id }: { readonly id: string }, writer) => {
    const uuid = readIdOf(type, id, "id");
    return uuid === null ? null : writtenRecord(writing, type, uuid, writer);
  });
