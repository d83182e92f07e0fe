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

/** How @pothos/plugin-prisma may read a row again, of which a resolver misses something. */
export const findUnique = (): never => {
  throw new Error("a row is read by its loader, with the columns that are selected of it");
};

/**
 * What a type of rows with ids says to @pothos/plugin-prisma: the id is always read, not the whole key as the plugin
 * would have it by itself, and no row is read again.
 */
export const keyed = { select: { orgId: false, id: true }, findUnique } as const;
