import { columnsOf, type Delegate, delegateOf, type OwnedName, ownedModels } from "./entities.ts";
import type { AnyOwned, AnyPointer, ModelName, MovedIds } from "./entity.ts";
import { columnOf } from "./prisma/columns.ts";

/** What points to the rows of a model, from the table of models: what a merge moves, and what a purge looks at. */

/** A pointer and the model that has it. */
export interface Reference extends AnyPointer {
  readonly model: OwnedName;
  readonly row: AnyOwned;
  /** Its column in the row's table. */
  readonly column: string;
}

/** The column of a pointer. */
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

/** Columns of a row that say what it hangs on. */
export const parentColumns = ({ seenBy, pointers }: AnyOwned): string[] =>
  seenBy === "everybody" ? [] : seenBy.filter((name) => name in pointers).map(pointerColumn);

/** A pointer to contacts that follows them through a merge. */
export interface MovedReference extends Reference {
  /** Where the merge writes down what it moved. */
  readonly ids: MovedIds;
  /** Whether moving a row is a change of it that callers see, and so gives it a new version. */
  readonly versioned: boolean;
}

/** What a merge of contacts moves to the survivor. */
export const movedByMerge: readonly MovedReference[] = pointersTo("Contact").flatMap((reference) => {
  const { merge: ids, model } = reference;
  return ids === undefined || ids === "stays"
    ? []
    : [{ ...reference, ids, versioned: "version" in columnsOf(model) }];
});

/** Records that hang on a contact. */
export interface Hanging {
  /** What many of them are called; also the name of what counts them. */
  readonly name: string;
  readonly model: Delegate<OwnedName>;
  /** Where a merge writes down which it moved. */
  readonly ids: MovedIds;
  /** How a new one is said to have come: "made", "logged". */
  readonly comes: string;
}

/** What hangs on contacts, and so moves with them; what leads to one in another way does not count. */
export const hangingOnContacts: readonly Hanging[] = movedByMerge
  .filter(({ column }) => column === pointerColumn("contact"))
  .map(({ model, row, ids }) => ({
    name: row.nouns[1],
    model: delegateOf(model),
    ids,
    comes: row.comes ?? "made",
  }));
