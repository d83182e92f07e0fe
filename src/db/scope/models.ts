import { type Delegate, delegateOf, type OwnedName, ownedModels } from "../models.ts";

/** A model that a scoped client reaches, by Prisma's name of its delegate. */
export type ModelName = Delegate<OwnedName>;

/** The model of each delegate that a scoped client has. */
export const models = Object.fromEntries(ownedModels.map(([name]) => [delegateOf(name), name])) as {
  readonly [Name in OwnedName as Delegate<Name>]: Name;
};

/** The operations that a scoped client has. */
export const operations = [
  "findMany",
  "findFirst",
  "count",
  "groupBy",
  "create",
  "createMany",
  "updateMany",
  "updateManyAndReturn",
  "deleteMany",
] as const;

export type Operation = (typeof operations)[number];

/** Makes a call of a model's delegate, whose arguments are confined. */
export type Call = (name: ModelName, operation: Operation, args: object) => Promise<unknown>;
