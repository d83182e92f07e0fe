import type { Db } from "./db.ts";
import type { ModelName } from "./models.ts";

/** The methods of a delegate whose model is known only at run time. */
interface AnyDelegate {
  findFirst(args: { where: object }): Promise<unknown>;
  findMany(args: { where: object; select?: object }): Promise<unknown[]>;
  count(args: { where: object }): Promise<number>;
  create(args: { data: object }): Promise<unknown>;
  createMany(args: { data: object[] }): Promise<unknown>;
  updateManyAndReturn(args: { where: object; data: object }): Promise<unknown[]>;
  deleteMany(args: { where: object }): Promise<unknown>;
}

/** A model's delegate, loosely typed, for code that iterates over the table of models. */
export const delegate = (db: Db, name: ModelName): AnyDelegate => db[name] as unknown as AnyDelegate;
