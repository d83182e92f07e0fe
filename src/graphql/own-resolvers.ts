import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from "@pothos/core";
import { defaultFieldResolver, type GraphQLFieldResolver } from "graphql";

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      ownResolvers: OwnResolvers<Types>;
    }
  }
}

type Resolve<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types["Context"], object>;

/**
 * Restores the resolvers of fields that @pothos/plugin-prisma has wrapped. The wrapper asks for each field of each
 * row whether a query plan has loaded the field, and otherwise reads the row again, without the scoped client's
 * loaders. Here a row is read with the columns that its selection needs (`plan.ts`), and the wrapper alone would cost
 * two thirds of the throughput. Listed before the Prisma plugin in the builder, so that only its wrapper is removed.
 */
class OwnResolvers<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    wrapped: Resolve<Types>,
    { kind, resolve }: PothosOutputFieldConfig<Types>,
  ): Resolve<Types> {
    return kind === "PrismaObject" ? ((resolve ?? defaultFieldResolver) as Resolve<Types>) : wrapped;
  }
}

const name = "ownResolvers";
SchemaBuilder.registerPlugin(name, OwnResolvers);
export default name;
