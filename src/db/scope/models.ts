import { type Delegate, delegateOf, type OwnedName, ownedModels } from "../entities.ts";

/** What a scoped client has: Prisma's name of a delegate. */
export type ModelName = Delegate<OwnedName>;

/** What a scoped client reaches: Prisma's name of each delegate, and of its model. */
export const models = Object.fromEntries(ownedModels.map(([name]) => [delegateOf(name), name])) as {
  readonly [Name in OwnedName as Delegate<Name>]: Name;
};

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
