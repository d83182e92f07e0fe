import type { Db } from "./db.ts";
import type { ModelName } from "./models.ts";

/** The calls of a delegate whose model is known at run time only. */
interface AnyDelegate {
  findFirst(args: { where: object }): Promise<unknown>;
  findMany(args: { where: object; select?: object }): Promise<unknown[]>;
  count(args: { where: object }): Promise<number>;
  create(args: { data: object }): Promise<unknown>;
  createMany(args: { data: object[] }): Promise<unknown>;
  updateManyAndReturn(args: { where: object; data: object }): Promise<unknown[]>;
  deleteMany(args: { where: object }): Promise<unknown>;
}

/** A model's delegate, typed loosely, for code that goes by the table of models. */
export const delegate = (db: Db, name: ModelName): AnyDelegate => db[name] as unknown as AnyDelegate;
