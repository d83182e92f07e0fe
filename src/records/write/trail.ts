import type { IdType } from "../../db/ids.ts";
import { type AuditedName, isAudited, type OwnedName } from "../../db/models.ts";
import type { AuditRow } from "../../db/write/audit.ts";
import type { AuditAction } from "../../generated/prisma/enums.ts";
import type { Caller } from "../../graphql/context.ts";
import { momentOf, newId } from "../../lib/typeid.ts";
import { type Data, same } from "./changes.ts";

/**
 * What one attempt of a write did to which records: the audit events of its transaction, one for each action on records
 * of one type. They have names of fields, and never values.
 */

/** What events are about. */
export type Subject = IdType;

interface Deed {
  readonly id: string;
  readonly action: AuditAction;
  readonly subject: Subject;
  readonly ids: Set<string>;
  readonly fields: Set<string>;
}

/** Actions that say more than that something was made, by the model of what was. */
const beginnings: Readonly<Partial<Record<Subject, AuditAction>>> = {
  ImportJob: "IMPORTED",
  ExportJob: "EXPORTED",
  BulkJob: "STARTED",
  DuplicateSearch: "STARTED",
};

/** Columns by which a record is moved, and what that is called. */
const moves: readonly (readonly [column: string, set: AuditAction, cleared: AuditAction])[] = [
  ["mergedIntoId", "MERGED", "UNMERGED"],
  ["deletedAt", "TRASHED", "RESTORED"],
  ["removedAt", "REMOVED", "RESTORED"],
  ["revokedAt", "REVOKED", "RESTORED"],
  ["convertedContactId", "CONVERTED", "UPDATED"],
];

const moving: ReadonlySet<string> = new Set([...moves.map(([column]) => column), "convertedAt"]);

/** What a change of a record is called. */
function actionOf(changes: Data): AuditAction {
  for (const [column, set, cleared] of moves) {
    if (changes[column] !== undefined) return changes[column] === null ? cleared : set;
  }
  return "UPDATED";
}

/** The names of changed columns as callers know them: custom fields by their slugs, references without `Id`. */
function fieldsOf(before: Data, changes: Data): string[] {
  return Object.keys(changes).flatMap((column) => {
    if (moving.has(column) || column.endsWith("Key")) return [];
    if (column !== "custom") return column === "tagIds" ? "tags" : column.replace(/Id$/, "");
    const [old, now] = [before.custom ?? {}, changes.custom ?? {}] as [Data, Data];
    const slugs = new Set([...Object.keys(old), ...Object.keys(now)]);
    return [...slugs].flatMap((slug) =>
      JSON.stringify(old[slug]) === JSON.stringify(now[slug]) ? [] : `custom.${slug}`,
    );
  });
}

/**
 * The names of the fields that differ in some of many rows. A column that is known to differ is not looked at again.
 *
 * @param rows rows as they were read, with their new columns
 */
export function changedFields(
  rows: readonly { readonly before: object; readonly columns: object }[],
): string[] {
  const known = new Set<string>();
  const fields = new Set<string>();
  for (const { before, columns } of rows) {
    const old = before as Data;
    const changes = Object.entries(columns).filter(
      ([name, value]) => !known.has(name) && !same(old[name], value),
    );
    for (const field of fieldsOf(old, Object.fromEntries(changes))) fields.add(field);
    for (const [name] of changes) if (name !== "custom") known.add(name);
  }
  return [...fields];
}

/** Collects the events of one attempt. */
export class Trail {
  readonly #deeds = new Map<string, Deed>();
  readonly #said = new Set<string>();

  /**
   * Says what was done to records. Without any, it says that what was sent may have changed none.
   *
   * @param fields names of what was changed, for UPDATED
   * @returns id of the event
   */
  note(action: AuditAction, subject: Subject, ids: Iterable<string>, fields: readonly string[] = []): string {
    this.#said.add(subject);
    const key = `${action} ${subject}`;
    const deed = this.#deeds.get(key) ?? {
      id: newId(),
      action,
      subject,
      ids: new Set<string>(),
      fields: new Set<string>(),
    };
    const made = action === "UPDATED" ? this.#deeds.get(`CREATED ${subject}`)?.ids : undefined;
    const fresh = [...ids].filter((id) => !made?.has(id));
    if (fresh.length === 0) return deed.id;
    for (const id of fresh) deed.ids.add(id);
    for (const field of fields) deed.fields.add(field);
    this.#deeds.set(key, deed);
    return deed.id;
  }

  /** Notes that a record was made. */
  made(subject: Subject, id: string): void {
    this.note(beginnings[subject] ?? "CREATED", subject, [id]);
  }

  /** Notes a change of a record; of a job only that it was cancelled. */
  changed(subject: Subject, before: Data & { readonly id?: unknown }, changes: Data): void {
    const id = String(before.id);
    if (beginnings[subject] === undefined) {
      if (subject !== "ContactMerge") this.note(actionOf(changes), subject, [id], fieldsOf(before, changes));
    } else if (changes.state === "CANCELLED") this.note("CANCELLED", subject, [id]);
  }

  /** Says that changes of a model's rows only follow from what is noted of others. */
  follows(subject: AuditedName): void {
    this.#said.add(subject);
  }

  /**
   * The models of which rows were changed without a word of it.
   *
   * @param touched those of which rows were changed
   */
  unsaid(touched: Iterable<OwnedName>): AuditedName[] {
    return [...touched].filter(isAudited).filter((name) => !this.#said.has(name));
  }

  /** The events, as they are written. */
  rows({ viewer, origin }: Pick<Caller, "viewer" | "origin">): AuditRow[] {
    return [...this.#deeds.values()].map(({ id, action, subject, ids, fields }) => {
      return {
        id,
        occurredAt: momentOf(id),
        actor: origin.operator ? "OPERATOR" : viewer.apiKeyId === null ? "MEMBER" : "API_KEY",
        memberId: viewer.memberId,
        apiKeyId: viewer.apiKeyId,
        source: viewer.source,
        requestId: origin.requestId,
        address: origin.address,
        jobType: origin.job?.type ?? null,
        jobId: origin.job?.id ?? null,
        action,
        recordType: subject,
        recordIds: [...ids],
        fields: [...fields],
      };
    });
  }
}
