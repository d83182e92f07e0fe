import type { AnyOwned, AnyPointer, ModelName, MovedIds } from "./entity.ts";
import { columnsOf, type Delegate, delegateOf, type OwnedName, ownedModels } from "./models.ts";
import { columnOf } from "./prisma/columns.ts";

/** Pointers to a model's rows, from the table of models: what a merge moves and a purge follows. */

/** A pointer and the model that has it. */
export interface Reference extends AnyPointer {
  readonly model: OwnedName;
  readonly row: AnyOwned;
  /** Its column in the row's table. */
  readonly column: string;
}

/** The foreign key column of a pointer: `mergedInto` gives `merged_into_id`. */
export const pointerColumn = (pointer: string): string => `${columnOf(pointer)}_id`;

const references: readonly Reference[] = ownedModels.flatMap(([model, row]) =>
  Object.entries(row.pointers).map(([pointer, rule]) => ({
    ...rule,
    model,
    row,
    column: pointerColumn(pointer),
  })),
);

/** Every pointer to rows of a model, in the order of the table. */
export const pointersTo = (model: ModelName): Reference[] => references.filter(({ to }) => to === model);

/** Foreign key columns of a row's parents (see `visibleThrough`). */
export const parentColumns = ({ visibleThrough, pointers }: AnyOwned): string[] =>
  visibleThrough === "everybody" ? [] : visibleThrough.filter((name) => name in pointers).map(pointerColumn);

/** A pointer to contacts that follows them through a merge. */
export interface MovedReference extends Reference {
  /** The column in which the merge records what it moved. */
  readonly ids: MovedIds;
  /** Whether the model has a version, which moving a row then increments. */
  readonly versioned: boolean;
}

/** What a merge of contacts moves to the survivor. */
export const movedByMerge: readonly MovedReference[] = pointersTo("Contact").flatMap((reference) => {
  const { merge: ids, model } = reference;
  return ids === undefined || ids === "keep"
    ? []
    : [{ ...reference, ids, versioned: "version" in columnsOf(model) }];
});

/** A model whose records are children of a contact. */
export interface ContactChild {
  /** Plural noun; also the name of the field that counts them. */
  readonly name: string;
  readonly model: Delegate<OwnedName>;
  /** The column in which a merge records which it moved. */
  readonly ids: MovedIds;
  /** The verb for a new one in descriptions: "made", "logged". */
  readonly createdVerb: string;
}

/**
 * The children of contacts, which a merge moves: by `contact_id`, not by other pointers such as `converted_contact_id`.
 */
export const contactChildren: readonly ContactChild[] = movedByMerge
  .filter(({ column }) => column === pointerColumn("contact"))
  .map(({ model, row, ids }) => ({
    name: row.nouns[1],
    model: delegateOf(model),
    ids,
    createdVerb: row.createdVerb ?? "made",
  }));
