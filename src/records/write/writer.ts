import { columnsOf, type Delegate, delegateOf, type IdType, ownedModels } from "../../db/entities.ts";
import type { Catalogue } from "../../db/open/catalogue.ts";
import type { ContactRow, LeadRow, RowOf } from "../../db/prisma/rows.ts";
import { delegate } from "../../db/scope/delegate.ts";
import type { Db } from "../../db/scope/scoped.ts";
import type { StoredModel, StoredRows } from "../../db/write/row-store.ts";
import { derive, deriveTexts } from "../../filter/language/derive.ts";
import type { Definition, Entity } from "../../filter/registry/fields.ts";
import type { Caller } from "../../graphql/context.ts";
import { newId } from "../../lib/typeid.ts";
import type { CustomValues } from "../custom.ts";
import { carried, changesOf, type Data, defined, tagMoves } from "./changes.ts";
import { derivedChanges, derivedOf } from "./derived.ts";

/** The models whose rows are written one by one: those that callers know by ids, but for who they are themselves. */
type WrittenName = Exclude<IdType, "Organization" | "Member">;

/** The rows of those, by the names of their delegates. */
export type Rows = { [Name in WrittenName as Delegate<Name>]: RowOf<Name> };

type Model = keyof Rows;

/** Columns to write: decimals may be text, JSON is what the caller says it is, undefined is left alone. */
export type Columns<Row> = {
  readonly [Name in keyof Row]?:
    | (Row[Name] extends string | number | boolean | Date | null | readonly string[] ? Row[Name] : unknown)
    | undefined;
};

/** What a change of a model's row stamps on it: what it has columns for. */
interface Traits {
  readonly touched: boolean;
  readonly versioned: boolean;
  readonly sourced: boolean;
  readonly tagged: boolean;
}

const traits = new Map<string, Traits>(
  ownedModels.map(([name]) => {
    const columns = columnsOf(name);
    return [
      delegateOf(name),
      {
        touched: "updatedAt" in columns,
        versioned: "version" in columns,
        sourced: "lastModificationSource" in columns,
        tagged: "tagIds" in columns,
      },
    ];
  }),
);

const traitsOf = (model: Model): Traits => traits.get(model) as Traits;

/**
 * Writes rows inside a transaction. Version, times, the system that wrote, the derived columns and the table of
 * tags carried are set here and nowhere else.
 */
export class Writer {
  readonly #definitions = new Map<Entity, readonly Definition[]>();

  constructor(
    readonly tx: Db,
    readonly caller: Caller,
  ) {}

  /** An entity's definitions, and tags by name or id; the definitions hold until the transaction ends. */
  async catalogue(entity: Entity, tags: readonly string[] = []): Promise<Catalogue> {
    const catalogue = await this.tx.catalogue(entity, tags);
    this.#definitions.set(entity, catalogue.definitions);
    return catalogue;
  }

  /** Inserts a row; its id is made unless it is given. */
  async insert<Name extends Model>(model: Name, columns: Columns<Rows[Name]>): Promise<Rows[Name]> {
    const { now, viewer } = this.caller;
    const { touched, sourced, tagged } = traitsOf(model);
    const row = {
      id: newId(),
      createdAt: now,
      ...(touched && { updatedAt: now }),
      ...(sourced && { lastModificationSource: viewer.source }),
      ...defined(columns),
    };
    const derived = await this.#derive(model, row);
    const made = await delegate(this.tx, model).create({
      data: { ...row, ...derived, orgId: this.tx.orgId },
    });
    if (tagged) await this.#carry(model, row.id as string, [], (row as { tagIds?: string[] }).tagIds ?? []);
    return made as Rows[Name];
  }

  /**
   * Changes a row that this transaction has locked. When nothing differs, nothing is written and the row is returned as
   * it was.
   *
   * @param before the row as it was read under its lock
   */
  async update<Name extends Model>(
    model: Name,
    before: Rows[Name],
    columns: Columns<Rows[Name]>,
  ): Promise<Rows[Name]> {
    const old: Data = { ...before };
    const changes = changesOf(old, columns);
    if (Object.keys(changes).length === 0) return before;
    const { now, viewer } = this.caller;
    const { touched, versioned, sourced, tagged } = traitsOf(model);
    const { id, version } = old as { id: string; version: number };
    const after = { ...old, ...changes };
    const keepCustom = (model === "contact" || model === "lead") && changes.custom === undefined;
    const data = {
      ...changes,
      ...(keepCustom ? derivedChanges(model, old, after) : await this.#derive(model, after)),
      ...(touched && { updatedAt: now }),
      ...(versioned && { version: version + 1 }),
      ...(sourced && { lastModificationSource: viewer.source }),
    };
    const row =
      model === "contact" || model === "lead" || model === "deal"
        ? await this.tx.rows.change<StoredModel>(model, before as StoredRows[StoredModel], data, keepCustom)
        : (await delegate(this.tx, model).updateManyAndReturn({ where: { id }, data }))[0];
    if (row == null) throw new Error(`a ${model} was changed though it was locked, or is out of reach`);
    if (tagged && changes.tagIds) {
      await this.#carry(model, id, old.tagIds as string[], changes.tagIds as string[]);
    }
    return row as Rows[Name];
  }

  /**
   * Writes custom values of many contacts or leads at once, with what is derived from them.
   *
   * @param definitions the definitions as they are from now on
   * @param rows rows as they were read, and their values from now on
   * @param changed whether people see a change; otherwise only what is derived is written anew
   */
  async rewriteCustom(
    model: "contact" | "lead",
    definitions: readonly Definition[],
    rows: readonly { readonly row: ContactRow | LeadRow; readonly custom: CustomValues }[],
    changed: boolean,
  ): Promise<void> {
    const stamped = rows.map(({ row, custom }) => {
      const derived = derivedOf(model, { ...row, custom }, definitions);
      return { id: row.id, custom, ...derived, ...(changed && this.#stamp(row)) };
    });
    await this.#put(model, stamped);
  }

  /** Inserts many new contacts, with the tags that they carry. Their rows are whole: nothing has a default. */
  async insertContacts(
    contacts: readonly (Data & { readonly id: string; readonly tagIds: readonly string[] })[],
  ): Promise<void> {
    const { now, viewer } = this.caller;
    const definitions = await this.#defined("CONTACT");
    const stamp = { createdAt: now, updatedAt: now, lastModificationSource: viewer.source };
    await this.tx.bulk.insertContacts(
      // What is null is left out: a new row has it so.
      contacts.map((contact) => Object.assign(derive("CONTACT", contact, definitions, {}), stamp, contact)),
    );
    await this.tx.bulk.tagContacts(carried(contacts), now);
  }

  /** Changes many contacts that this transaction has locked; tags are only added. */
  async updateContacts(
    contacts: readonly {
      readonly before: ContactRow;
      readonly columns: Data & { readonly tagIds: readonly string[] };
    }[],
  ): Promise<void> {
    const definitions = await this.#defined("CONTACT");
    const rows = contacts.map(({ before, columns }) => ({
      id: before.id,
      ...columns,
      ...derive("CONTACT", columns, definitions),
      ...this.#stamp(before),
    }));
    await this.#put("contact", rows);
    await this.tx.bulk.tagContacts(carried(rows), this.caller.now);
  }

  /**
   * Changes many contacts that this transaction has locked, each in its own way.
   *
   * @returns how many were changed; the others were as wanted already, and are left alone
   */
  async changeContacts(
    contacts: readonly { readonly before: ContactRow; readonly columns: Columns<ContactRow> }[],
  ): Promise<number> {
    const definitions = await this.#defined("CONTACT");
    const changed = contacts
      .map(({ before, columns }) => ({ before, changes: changesOf({ ...before }, columns) }))
      .filter(({ changes }) => Object.keys(changes).length > 0);
    const names = [...new Set(changed.flatMap(({ changes }) => Object.keys(changes)))];
    const rows = changed.map(({ before, changes }) => {
      const after = { ...before, ...changes };
      return {
        id: before.id,
        // One statement sets the same columns of all rows.
        ...Object.fromEntries(names.map((name) => [name, after[name as keyof ContactRow]])),
        ...derive("CONTACT", after, definitions),
        ...this.#stamp(before),
      };
    });
    await this.#put("contact", rows);
    const { come, gone } = tagMoves(changed);
    await this.tx.bulk.tagContacts(come, this.caller.now);
    await this.tx.bulk.untagContacts(gone);
    return rows.length;
  }

  /** What every change of a contact or lead leaves on it. */
  #stamp({ version }: { readonly version: number }) {
    const { now, viewer } = this.caller;
    return { version: version + 1, updatedAt: now, lastModificationSource: viewer.source };
  }

  /** Writes rows that all say the same columns. */
  async #put(table: "contact" | "lead", rows: readonly (Data & { readonly id: string })[]): Promise<void> {
    const [first] = rows;
    if (!first) return;
    const { id: _, ...columns } = first;
    await this.tx.bulk.update(table, Object.keys(columns), rows);
  }

  async #derive(model: Model, row: Data): Promise<Data> {
    if (model === "contact" || model === "lead") {
      const fieldless = Object.keys(row.custom ?? {}).length === 0;
      const entity = model === "contact" ? "CONTACT" : "LEAD";
      return derivedOf(model, row, fieldless ? [] : await this.#defined(entity));
    }
    if (model === "deal") return deriveTexts("DEAL", row);
    return {};
  }

  async #defined(entity: Entity): Promise<readonly Definition[]> {
    return this.#definitions.get(entity) ?? (await this.catalogue(entity)).definitions;
  }

  /** The table of tags carried is the truth behind a row's `tagIds`. */
  async #carry(model: Model, id: string, before: string[], after: string[]): Promise<void> {
    const { now, viewer } = this.caller;
    const { tx } = this;
    const carried = delegate(tx, `${model as "contact" | "lead"}Tag`);
    const owner = { [`${model}Id`]: id };
    const stamp = { orgId: tx.orgId, addedById: viewer.memberId, createdAt: now };
    const gone = before.filter((tag) => !after.includes(tag));
    const come = after.filter((tag) => !before.includes(tag));
    if (gone.length > 0) await carried.deleteMany({ where: { ...owner, tagId: { in: gone } } });
    if (come.length > 0) {
      await carried.createMany({ data: come.map((tagId) => ({ ...stamp, ...owner, tagId })) });
    }
  }
}
