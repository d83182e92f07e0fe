import type { Db } from "./db.ts";
import type { ModelName } from "./models.ts";

/** A model's calls, where which model it is comes from the table. */
interface AnyDelegate {
  findFirst(args: { where: object }): Promise<unknown>;
  findMany(args: { where: object; select?: object }): Promise<unknown[]>;
  count(args: { where: object }): Promise<number>;
  create(args: { data: object }): Promise<unknown>;
  createMany(args: { data: object[] }): Promise<unknown>;
  updateManyAndReturn(args: { where: object; data: object }): Promise<unknown[]>;
  deleteMany(args: { where: object }): Promise<unknown>;
}

export const delegate = (db: Db, name: ModelName): AnyDelegate => db[name] as unknown as AnyDelegate;
