import type { Catalogue } from "../../db/read/catalogue.ts";
import type { Db } from "../../db/scope/db.ts";
import { delegate } from "../../db/scope/delegate.ts";
import { models } from "../../db/scope/models.ts";
import type { AuditRow } from "../../db/write/audit.ts";
import type { KeptAnswer } from "../../db/write/kept-answers.ts";
import type { StoredModel, StoredRows } from "../../db/write/stored-rows.ts";
import type { Definition, Entity } from "../../filter/registry/fields.ts";
import type { Caller, Warning } from "../../graphql/context.ts";
import { newId } from "../../lib/typeid.ts";
import { changesOf, type Data, defined } from "./changes.ts";
import { type Derivation, derivationOf, derivedChanges } from "./derived.ts";
import {
  type Columns,
  isTagged,
  type Model,
  type Rows,
  type Stamp,
  stampOfChange,
  stampOfNew,
  type Tagged,
} from "./rows.ts";
import { carry } from "./tags.ts";
import { Trail } from "./trail.ts";
import { keepUnique, touchesUnique } from "./unique.ts";

const stored: ReadonlySet<string> = new Set<StoredModel>(["contact", "lead", "deal"]);

/**
 * Writes rows in one attempt of `write()`. Versions, times, the modification source, derived columns and the join table
 * of tags are set here and nowhere else.
 */
export class Writer {
  readonly #definitions = new Map<Entity, readonly Definition[]>();
  readonly #warnings: Warning[] = [];
  #kept: KeptAnswer | null = null;
  /** The audit events of this attempt. */
  readonly trail = new Trail();

  constructor(
    readonly tx: Db,
    readonly caller: Caller,
  ) {}

  /** This attempt's warnings. */
  get warnings(): readonly Warning[] {
    return this.#warnings;
  }

  /** Warns the caller about something that was accepted, if this attempt is committed. */
  warn(...warnings: readonly Warning[]): void {
    this.#warnings.push(...warnings);
  }

  /** Keeps the answer under the idempotency key of the request, which this attempt has claimed. */
  keep(answer: KeptAnswer): void {
    this.#kept = answer;
  }

  /** The time of this write, and the system that makes it. */
  get stamp(): Stamp {
    return { now: this.caller.now, source: this.caller.viewer.source };
  }

  /** An entity's definitions, and tags by name or id. The definitions do not change until the transaction ends. */
  async catalogue(entity: Entity, tags: readonly string[] = []): Promise<Catalogue> {
    const catalogue = await this.tx.catalogue(entity, tags);
    this.#definitions.set(entity, catalogue.definitions);
    return catalogue;
  }

  /** An entity's definitions, read once. */
  async definitions(entity: Entity): Promise<readonly Definition[]> {
    return this.#definitions.get(entity) ?? (await this.catalogue(entity)).definitions;
  }

  /** Inserts a row; makes its id unless one is given. */
  async insert<Name extends Model>(model: Name, columns: Columns<Rows[Name]>): Promise<Rows[Name]> {
    const row = { id: newId(), ...stampOfNew(model, this.stamp), ...defined(columns) };
    const derivation = derivationOf(model);
    const derived = derivation && (await this.#derive(derivation, row));
    const data = { ...row, ...derived, orgId: this.tx.orgId };
    this.trail.made(models[model], row.id as string);
    const made =
      model === "contact"
        ? await this.tx.rows.insertContact(
            data,
            this.#riding((trail) => trail.made("Contact", row.id as string)),
          )
        : await delegate(this.tx, model).create({ data });
    if (isTagged(model)) {
      await carry(this, model, row.id, [], (row as { tagIds?: string[] }).tagIds ?? []);
      if (Object.keys((row as Data).custom ?? {}).length > 0)
        await this.#keepUnique(model, row.id, null, row);
    }
    return made as Rows[Name];
  }

  /**
   * Changes a row that this attempt has locked, or read optimistically. If nothing differs, nothing is written and the
   * row is returned as it was.
   *
   * @param before the row as it was read under its lock
   */
  async update<Name extends Model>(
    model: Name,
    before: Rows[Name],
    columns: Columns<Rows[Name]>,
  ): Promise<Rows[Name]> {
    const old: Data = before as object as Data;
    const changes = changesOf(old, columns);
    if (Object.keys(changes).length === 0) return before;
    const { id } = old as { id: string };
    const after = { ...old, ...changes };
    const derivation = derivationOf(model);
    const keepCustom = changes.custom === undefined;
    const derived =
      derivation &&
      (keepCustom ? derivedChanges(derivation, old, after) : await this.#derive(derivation, after));
    const data = { ...changes, ...derived, ...stampOfChange(model, old, this.stamp) };
    const row = isStored(model)
      ? await this.#change(model, before as StoredRows[StoredModel], changes, data, keepCustom)
      : (await delegate(this.tx, model).updateManyAndReturn({ where: { id }, data }))[0];
    if (row == null) throw new Error(`a ${model} was changed though it was locked, or is out of reach`);
    this.trail.changed(models[model], old, changes);
    if (isTagged(model) && changes.tagIds) {
      await carry(this, model, id, old.tagIds as string[], changes.tagIds as string[]);
    }
    if (isTagged(model) && touchesUnique(changes)) await this.#keepUnique(model, id, old, after);
    return row as Rows[Name];
  }

  /** The audit event of a change that is the whole transaction: it is written in the same statement. */
  #riding(note: (trail: Trail) => void): AuditRow | null {
    if (!this.tx.rows.rides) return null;
    const alone = new Trail();
    note(alone);
    return alone.rows(this.caller)[0] ?? null;
  }

  #change(
    model: StoredModel,
    before: StoredRows[StoredModel],
    changes: Data,
    data: Data,
    keepCustom: boolean,
  ): Promise<unknown> {
    const event = this.#riding((trail) => trail.changed(models[model], before as object as Data, changes));
    return this.tx.rows.change(model, before, data, keepCustom, event);
  }

  /**
   * Writes the audit events and the answer of this attempt. Must be the last statement of a transaction.
   *
   * @throws Error if rows were changed without being noted, which is a bug
   */
  async record(): Promise<void> {
    const { audit, rows, touched } = this.tx;
    if (rows.rides) return;
    const unsaid = this.trail.unsaid(touched);
    if (unsaid.length > 0) throw new Error(`changed without an audit event: ${unsaid.join(", ")}`);
    const events = this.trail.rows(this.caller);
    if (events.length > 0 || this.#kept) await audit(events, this.#kept);
  }

  #keepUnique(model: Tagged, id: string, before: Data | null, after: Data): Promise<void> {
    const held = ({ custom, deletedAt }: Data) => ({
      custom,
      deletedAt: deletedAt as Date | null | undefined,
    });
    return keepUnique(this.tx, model, id, before && held(before), held(after), () =>
      this.definitions(model === "lead" ? "LEAD" : "CONTACT"),
    );
  }

  async #derive({ entity, all }: Derivation, row: Data): Promise<Data> {
    const fieldless = entity === null || Object.keys(row.custom ?? {}).length === 0;
    return all(row, fieldless ? [] : await this.definitions(entity));
  }
}

const isStored = (model: Model): model is StoredModel => stored.has(model);
