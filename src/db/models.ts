import { Prisma } from "../generated/prisma/browser.ts";
import { entities } from "./entities.ts";
import type { AnyModel, AnyOwned, ModelName } from "./entity.ts";

/** Lists derived from the table of models: the models of each kind, as types and in the order of the table. */

type Entities = typeof entities;

/** The models whose rows each belong to one organization. */
export type OwnedName = {
  [Name in ModelName]: Entities[Name] extends { kind: "owned" } ? Name : never;
}[ModelName];

/** The models whose rows have ids in the API; each is the GraphQL type of the same name. */
export type IdType = {
  [Name in ModelName]: Entities[Name] extends { ids: true } ? Name : never;
}[ModelName];

/** The models whose rows a write may lock. */
export type LockedName = {
  [Name in ModelName]: Entities[Name] extends { locked: true } ? Name : never;
}[ModelName];

/** The tables of the models whose rows a write may lock. */
export type Lockable = Entities[LockedName]["table"];

/** The models that can be filtered. */
export type FilteredName = {
  [Name in ModelName]: Entities[Name] extends { filtered: true } ? Name : never;
}[ModelName];

/** The audited models: each change of one of their rows is an audit event. */
export type AuditedName = {
  [Name in ModelName]: Entities[Name] extends { audited: true } ? Name : never;
}[ModelName];

/** Prisma's name of a model's delegate, such as `customField`. */
export type Delegate<Name extends ModelName> = Uncapitalize<Name>;
export const delegateOf = <Name extends ModelName>(name: Name): Delegate<Name> =>
  `${name.charAt(0).toLowerCase()}${name.slice(1)}` as Delegate<Name>;

/** Every model with its row, in the order of the table. */
export const allModels = Object.entries(entities) as readonly (readonly [ModelName, AnyModel])[];

/** Every model whose rows belong to an organization, with its row, in the order of the table. */
export const ownedModels = allModels.filter(
  ([, row]) => row.kind === "owned",
) as unknown as readonly (readonly [OwnedName, AnyOwned])[];

/** Whether each change of a model's rows is an audit event. */
export const isAudited = (name: ModelName): name is AuditedName =>
  (entities[name] as Partial<AnyOwned>).audited === true;

/** The models on whose rows the rights of callers depend. */
export const callerModels = ["ApiKey", "Member", "Organization"] as const satisfies readonly ModelName[];

/** The models whose rows a transaction changes. */
export type TouchedName = OwnedName | "Organization";

/** A model's columns by Prisma's field names; each name is mapped to itself, as in Prisma's enums. */
export const columnsOf = (name: ModelName): Readonly<Record<string, string>> =>
  Prisma[`${name}ScalarFieldEnum`];
