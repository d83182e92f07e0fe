import type { unreadColumns } from "../db/prisma/rows.ts";
import type GeneratedTypes from "../generated/pothos.ts";

type Unread = typeof unreadColumns;

/** What the scoped client answers for a model: its columns but for those that no read fetches. */
type Row<Model extends keyof GeneratedTypes> =
  Uncapitalize<Model> extends keyof Unread
    ? Omit<GeneratedTypes[Model]["Shape"], keyof Unread[Uncapitalize<Model>]>
    : GeneratedTypes[Model]["Shape"];

/** Prisma's models as the schema knows them. */
export type PrismaTypes = {
  [Model in keyof GeneratedTypes]: Omit<GeneratedTypes[Model], "Shape"> & { Shape: Row<Model> };
};

/** The rows behind types that are named as their model. */
export type Rows = { [Model in keyof PrismaTypes]: PrismaTypes[Model]["Shape"] };

/**
 * What every type of rows says to @pothos/plugin-prisma: its id is always read, and no row is read again. By itself
 * the plugin would select the whole key of each row, and read with it what a resolver misses.
 */
export const keyed = {
  select: { orgId: false, id: true },
  findUnique: (): never => {
    throw new Error("a row is read by its loader, with the columns that are selected of it");
  },
} as const;
