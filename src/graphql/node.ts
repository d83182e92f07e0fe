import type { PrismaObjectRef } from "@pothos/plugin-prisma";
import type { GraphQLResolveInfo } from "graphql";
import { type BuilderTypes, builder } from "./builder.ts";
import type { Context } from "./context.ts";
import type { PrismaTypes, Rows } from "./rows.ts";

/**
 * Makes a type of rows one whose rows are found by their ids, through `node` and `nodes` too.
 *
 * @param ref the type, from `prismaObject`
 * @param prefix of its ids
 * @param load reads a row with the columns that are selected of it; null when the caller may not see it
 */
export function asNode<Model extends keyof Rows, Shape extends object>(
  ref: PrismaObjectRef<BuilderTypes, PrismaTypes[Model], Shape>,
  prefix: string,
  load: (context: Context, id: string, info: GraphQLResolveInfo) => Promise<Rows[Model] | null>,
): void {
  builder.nodeRef(ref, {
    id: {
      // `withIdsAtOnce` gives ids by another resolver.
      resolve: (row) => (row as { readonly id: string }).id,
      description: `Global id, \`${prefix}_…\`.`,
    },
    loadWithoutCache: (id, context, info) => load(context, id, info),
  });
}
