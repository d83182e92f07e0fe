import type { unreadColumns } from "../db/prisma/rows.ts";
import type GeneratedTypes from "../generated/pothos.ts";

type Unread = typeof unreadColumns;

/** The rows that the scoped client returns for a model: all columns except those that are never read. */
type Row<Model extends keyof GeneratedTypes> =
  Uncapitalize<Model> extends keyof Unread
    ? Omit<GeneratedTypes[Model]["Shape"], keyof Unread[Uncapitalize<Model>]>
    : GeneratedTypes[Model]["Shape"];

/** Prisma's models for Pothos. */
export type PrismaTypes = {
  [Model in keyof GeneratedTypes]: Omit<GeneratedTypes[Model], "Shape"> & { Shape: Row<Model> };
};

/** The rows of types with the name of their model. */
export type Rows = { [Model in keyof PrismaTypes]: PrismaTypes[Model]["Shape"] };

/** Called by @pothos/plugin-prisma to read a row again if a resolver needs more columns. */
export const findUnique = (): never => {
  throw new Error("rows are read by loaders only, with the selected columns");
};

/**
 * Options of types with ids for @pothos/plugin-prisma: always read the id only, not the whole key, and never read a
 * row again.
 */
export const keyed = { select: { orgId: false, id: true }, findUnique } as const;
