import type { IdType } from "../../db/ids.ts";
import { type AuditedName, isAudited, type TouchedName } from "../../db/models.ts";
import type { AuditRow } from "../../db/write/audit.ts";
import type { AuditAction } from "../../generated/prisma/enums.ts";
import type { Caller } from "../../graphql/context.ts";
import { momentOf, newId } from "../../lib/typeid.ts";
import { type Data, same } from "./changes.ts";

/**
 * What one attempt of a write did to which records: the audit events of its transaction, one for each action on records
 * of one type. Events contain names of fields, never values.
 */

/** The type of records that an event is about. */
export type Subject = IdType;

interface Deed {
  readonly id: string;
  readonly action: AuditAction;
  readonly subject: Subject;
  readonly ids: Set<string>;
  readonly fields: Set<string>;
}

/** Actions that say more than CREATED, by the type of the record that was created. */
const beginnings: Readonly<Partial<Record<Subject, AuditAction>>> = {
  ImportJob: "IMPORTED",
  ExportJob: "EXPORTED",
  BulkJob: "STARTED",
  DuplicateSearch: "STARTED",
};

/** Columns that trash, merge or otherwise move a record, with the actions of setting and of clearing each. */
const moves: readonly (readonly [column: string, set: AuditAction, cleared: AuditAction])[] = [
  ["mergedIntoId", "MERGED", "UNMERGED"],
  ["deletedAt", "TRASHED", "RESTORED"],
  ["removedAt", "REMOVED", "RESTORED"],
  ["revokedAt", "REVOKED", "RESTORED"],
  ["convertedContactId", "CONVERTED", "UPDATED"],
];

const moving: ReadonlySet<string> = new Set([...moves.map(([column]) => column), "convertedAt"]);

/** The action that describes a change of a record. */
function actionOf(changes: Data): AuditAction {
  for (const [column, set, cleared] of moves) {
    if (changes[column] !== undefined) return changes[column] === null ? cleared : set;
  }
  return "UPDATED";
}

/** The names of changed columns as callers know them: the slugs of custom fields, and references without `Id`. */
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
 * The names of the fields that differ in at least one of many rows. Once a column is known to differ, it is not
 * compared again.
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
   * Notes an action on records. Without ids, it makes no event, but says that this type of record is accounted for: the
   * statement may have changed no row.
   *
   * @param fields names of the changed fields, for UPDATED
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

  /** Notes that a record was created. */
  made(subject: Subject, id: string): void {
    this.note(beginnings[subject] ?? "CREATED", subject, [id]);
  }

  /** Notes a change of a record. Of a job, only its cancellation is noted, and of a merge nothing. */
  changed(subject: Subject, before: Data & { readonly id?: unknown }, changes: Data): void {
    const id = String(before.id);
    if (beginnings[subject] === undefined) {
      if (subject !== "ContactMerge") this.note(actionOf(changes), subject, [id], fieldsOf(before, changes));
    } else if (changes.state === "CANCELLED") this.note("CANCELLED", subject, [id]);
  }

  /** Says that changes of a model's rows only follow from those that other events tell. */
  follows(subject: AuditedName): void {
    this.#said.add(subject);
  }

  /**
   * The models whose rows were changed without being noted.
   *
   * @param touched the models whose rows were changed
   */
  unsaid(touched: Iterable<TouchedName>): AuditedName[] {
    return [...touched].filter(isAudited).filter((name) => !this.#said.has(name));
  }

  /** The events, as rows to insert. */
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
