import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from "@pothos/core";
import type { GraphQLFieldResolver } from "graphql";
import { lackOf, type Permission } from "../auth/rights.ts";
import { refusal } from "../lib/errors.ts";
import type { Context } from "./context.ts";

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      needs: Needs<Types>;
    }
  }
}

const NEEDS = "needs";

/**
 * Extensions of a mutation: the permission that it needs. A caller without it is refused with FORBIDDEN before the
 * mutation runs.
 */
export const needs = (permission: Permission) => ({ [NEEDS]: permission });

/** The permission that a mutation needs; undefined if none is given. */
export const neededBy = (extensions: object | null | undefined): Permission | undefined =>
  (extensions as { readonly [NEEDS]?: Permission } | null | undefined)?.[NEEDS];

type Resolve<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types["Context"], object>;

/** Checks the permission of each mutation. A mutation without one makes building the schema fail. */
class Needs<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    if (field.kind === "Mutation" && neededBy(field.extensions) === undefined) {
      throw new Error(`the mutation ${field.name} names no permission: add needs(…) to its extensions`);
    }
    return field;
  }

  override wrapResolve(resolve: Resolve<Types>, field: PothosOutputFieldConfig<Types>): Resolve<Types> {
    const permission = field.kind === "Mutation" ? neededBy(field.extensions) : undefined;
    if (permission === undefined) return resolve;
    return (root, args, context, info) => {
      const lack = lackOf((context as unknown as Context).viewer, permission);
      if (lack === null) return resolve(root, args, context, info);
      return { result: null, errors: [refusal("FORBIDDEN", [], lack)] };
    };
  }
}

const pluginName = "needs";
SchemaBuilder.registerPlugin(pluginName, Needs);
export default pluginName;
