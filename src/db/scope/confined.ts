import { CallerGone } from "../../lib/errors.ts";
import type { Db } from "./db.ts";
import { type Call, type ModelName, models, operations } from "./models.ts";
import { type Principal, scope } from "./scope.ts";

const readerNames = [
  "children",
  "addresses",
  "phoneHolders",
  "catalogue",
  "members",
  "tagUsage",
  "duplicates",
  "sets",
  "rowsWith",
  "keepChunk",
  "lock",
  "rows",
  "unique",
  "users",
  "organization",
  "bulk",
  "claim",
  "audit",
  "touched",
] as const satisfies readonly (keyof Db)[];

export type Readers = Pick<Db, (typeof readerNames)[number]>;
export type Outside = Pick<Db, "transaction" | "optimistic">;

const neverGone = () => false;

/** Implements Db. Its members are made on first use, since a request needs few of them. */
class Confined {
  readonly orgId: string;
  readonly transaction: Db["transaction"];
  readonly optimistic: Db["optimistic"];
  readonly #call: Call;
  readonly #principal: Principal;
  readonly #make: () => Readers;
  readonly #isGone: () => boolean;
  #made: Readers | undefined;

  constructor(
    call: Call,
    principal: Principal,
    readers: () => Readers,
    outside: Outside | null,
    isGone: () => boolean,
  ) {
    this.orgId = principal.orgId;
    this.#call = call;
    this.#principal = principal;
    this.#make = readers;
    this.#isGone = isGone;
    this.transaction = outside?.transaction ?? ((work) => work(this as object as Db));
    this.optimistic = outside?.optimistic ?? (async () => null);
  }

  /** Stops further statements once the caller has gone. */
  #requireCaller(): void {
    if (this.#isGone()) throw new CallerGone();
  }

  static {
    for (const name of Object.keys(models) as ModelName[]) {
      Object.defineProperty(Confined.prototype, name, {
        get(this: Confined) {
          this.#requireCaller();
          return new ConfinedModel(this.#call, name, this.#principal);
        },
      });
    }
    for (const name of readerNames) {
      Object.defineProperty(Confined.prototype, name, {
        get(this: Confined) {
          this.#requireCaller();
          this.#made ??= this.#make();
          return this.#made[name];
        },
      });
    }
  }
}

/** One model's operations. */
class ConfinedModel {
  readonly #call: Call;
  readonly #name: ModelName;
  readonly #principal: Principal;

  constructor(call: Call, name: ModelName, principal: Principal) {
    this.#call = call;
    this.#name = name;
    this.#principal = principal;
  }

  static {
    for (const operation of operations) {
      Object.defineProperty(ConfinedModel.prototype, operation, {
        value(this: ConfinedModel, args: object = {}) {
          const confined = scope(models[this.#name], operation, { ...args }, this.#principal);
          return this.#call(this.#name, operation, confined);
        },
      });
    }
  }
}

/**
 * Makes a Db.
 *
 * @param call makes a call of Prisma, with confined arguments
 * @param readers what is not a call of Prisma's; made on first use
 * @param outside how transactions begin; null inside of one, which further ones join
 * @param isGone whether the caller no longer waits for an answer
 */
export const confine = (
  call: Call,
  principal: Principal,
  readers: () => Readers,
  outside: Outside | null,
  isGone: () => boolean = neverGone,
): Db => new Confined(call, principal, readers, outside, isGone) as object as Db;
