import { encodeId, type IdType } from "../db/ids.ts";
import { type RefusalCode, refusalCodes } from "../lib/error-codes.ts";
import { type Refusal, RefusalError } from "../lib/errors.ts";
import { builder } from "./builder.ts";
import { byId } from "./loaders.ts";

/** Turns refusals into payload errors; nothing else does. */

const ErrorCode = builder.enumType("ErrorCode", {
  description: "Why a mutation refused its input. Codes are stable; messages are not.",
  values: Object.fromEntries(
    Object.entries(refusalCodes).map(([code, description]) => [code, { description }]),
  ) as Record<RefusalCode, { description: string }>,
});

const typeNames = {
  validation: "ValidationError",
  notFound: "NotFoundError",
  duplicateContact: "DuplicateContactError",
  versionConflict: "VersionConflictError",
  customField: "CustomFieldError",
  restoreConflict: "RestoreConflictError",
  alreadyMerged: "AlreadyMergedError",
  ambiguousMatch: "AmbiguousMatchError",
  valueTaken: "CustomValueTakenError",
  fieldConversion: "FieldConversionError",
  fieldInUse: "FieldInUseError",
  planChanged: "PlanChangedError",
} as const satisfies Record<Refusal["kind"], string>;

const UserError = builder.interfaceRef<Refusal>("UserError").implement({
  description: "A problem of a mutation's input. All problems are returned at once.",
  resolveType: ({ kind }) => typeNames[kind],
  fields: (t) => ({
    code: t.expose("code", { type: ErrorCode, description: "What is wrong, for programs." }),
    message: t.exposeString("message", { description: "What is wrong and what would be right, for people." }),
    path: t.stringList({
      description: 'Where in the arguments, such as `["input", "email"]`.',
      resolve: ({ path }) => [...path],
    }),
  }),
});

const recordLoaders = {
  Contact: "contact",
  Lead: "lead",
  Deal: "deal",
  SmartList: "smartList",
  Member: "member",
} as const;

type Kind<Name extends Refusal["kind"]> = Extract<Refusal, { kind: Name }>;

builder.objectRef<Refusal>("ValidationError").implement({
  interfaces: [UserError],
  description: "A value that breaks a rule.",
});
builder.objectRef<Refusal>("NotFoundError").implement({
  interfaces: [UserError],
  description: "A record that does not exist, or that the caller may not see.",
});
builder.objectRef<Kind<"duplicateContact">>("DuplicateContactError").implement({
  interfaces: [UserError],
  description: "Another contact has the e-mail address.",
  fields: (t) => ({
    existing: t.field({
      type: "Contact",
      nullable: true,
      description: "The contact that has it; null when the caller may not see it.",
      resolve: ({ existingId }, _args, context) =>
        existingId === null ? null : byId.contact.load(context, existingId),
    }),
  }),
});
builder.objectRef<Kind<"versionConflict">>("VersionConflictError").implement({
  interfaces: [UserError],
  description: "The record has changed since the version that was expected.",
  fields: (t) => ({
    current: t.field({
      type: "Contact",
      nullable: true,
      description: "The contact as it is now; null when the record is not a contact.",
      resolve: ({ type, currentId }, _args, context) =>
        type === "Contact" && currentId !== null ? byId.contact.load(context, currentId) : null,
    }),
    record: t.field({
      type: builder.nodeInterfaceRef(),
      nullable: true,
      description:
        "The record as it is now, whatever its type; null for a set of records and for the organization.",
      resolve: async ({ type, currentId }, _args, context) => {
        if (currentId === null || type === "Organization") return null;
        const row = await byId[recordLoaders[type]].load(context, currentId);
        return row === null ? null : { ...row, __typename: type };
      },
    }),
    currentVersion: t.exposeInt("currentVersion", { description: "The record's current version." }),
  }),
});
builder.objectRef<Kind<"restoreConflict">>("RestoreConflictError").implement({
  interfaces: [UserError],
  description: "A contact cannot be restored from the trash, because another one has its e-mail address now.",
  fields: (t) => ({
    blockedBy: t.field({
      type: "Contact",
      nullable: true,
      description: "The contact that has the address; null when the caller may not see it.",
      resolve: ({ blockedById }, _args, context) =>
        blockedById === null ? null : byId.contact.load(context, blockedById),
    }),
  }),
});
builder.objectRef<Kind<"alreadyMerged">>("AlreadyMergedError").implement({
  interfaces: [UserError],
  description: "The contact has been merged into another one.",
  fields: (t) => ({
    survivor: t.field({
      type: "Contact",
      nullable: true,
      description: "The contact that it was merged into; null when the caller may not see it.",
      resolve: ({ survivorId }, _args, context) => byId.contact.load(context, survivorId),
    }),
  }),
});
builder.objectRef<Kind<"ambiguousMatch">>("AmbiguousMatchError").implement({
  interfaces: [UserError],
  description: "The keys to match on belong to more than one contact.",
  fields: (t) => ({
    candidates: t.field({
      type: ["Contact"],
      description: "The contacts that match and that the caller may see.",
      resolve: async ({ candidateIds }, _args, context) =>
        (await byId.contact.loadMany(context, candidateIds)).filter((contact) => contact !== null),
    }),
  }),
});
builder.objectRef<Kind<"valueTaken">>("CustomValueTakenError").implement({
  interfaces: [UserError],
  description: "Another record has the value of a unique custom field.",
  fields: (t) => ({
    slug: t.exposeString("slug", { description: "The field's slug." }),
    existing: t.field({
      type: builder.nodeInterfaceRef(),
      nullable: true,
      description: "The contact or lead that has it; null when the caller may not see it.",
      resolve: async ({ type, existingId }, _args, context) => {
        if (existingId === null) return null;
        const row = await byId[recordLoaders[type]].load(context, existingId);
        return row === null ? null : { ...row, __typename: type };
      },
    }),
  }),
});
builder.objectRef<Kind<"fieldConversion">>("FieldConversionError").implement({
  interfaces: [UserError],
  description: "Some records have values that do not fit the custom field's new type or options.",
  fields: (t) => ({
    count: t.exposeInt("count", { description: "How many records have such a value." }),
    sampleIds: t.idList({
      description: "The ids of some of them, ten at most.",
      resolve: ({ sampleIds }) => [...sampleIds],
    }),
  }),
});
builder.objectRef<Kind<"fieldInUse">>("FieldInUseError").implement({
  interfaces: [UserError],
  description:
    "A custom field, one of its options, or a smart list cannot be deleted while smart lists use it.",
  fields: (t) => ({
    smartLists: t.field({
      type: ["SmartList"],
      description: "The lists that use it.",
      resolve: async ({ smartListIds }, _args, context) =>
        (await byId.smartList.loadMany(context, smartListIds)).filter((list) => list !== null),
    }),
  }),
});
builder.objectRef<Kind<"planChanged">>("PlanChangedError").implement({
  interfaces: [UserError],
  description:
    "The filter matches other contacts than in the dry run; nothing was changed. Check the new number, and confirm with the new token.",
  fields: (t) => ({
    count: t.exposeInt("count", { description: "Number of contacts that the filter matches now." }),
    planToken: t.exposeString("planToken", {
      description: "A token for the contacts that the filter matches now.",
    }),
  }),
});
builder.objectRef<Kind<"customField">>("CustomFieldError").implement({
  interfaces: [UserError],
  description: "A custom field that does not exist, or a value that does not fit it.",
  fields: (t) => ({
    slug: t.exposeString("slug", { description: "The slug that was sent." }),
    suggestions: t.stringList({
      description: "Slugs or options that may have been meant.",
      resolve: ({ suggestions }) => [...suggestions],
    }),
  }),
});

/** The result of a mutation, or its errors. */
export interface Payload<Result> {
  readonly result: Result | null;
  readonly errors: readonly Refusal[];
}

/** Runs a mutation; a RefusalError becomes payload errors, other errors are thrown. */
export async function payload<Result>(work: () => Promise<Result>): Promise<Payload<Result>> {
  try {
    return { result: await work(), errors: [] };
  } catch (error) {
    if (error instanceof RefusalError) return { result: null, errors: error.refusals };
    throw error;
  }
}

/** The fields of a type whose rows are payloads. */
type PayloadFields<Result> = NonNullable<
  Parameters<ReturnType<typeof builder.objectRef<Payload<Result>>>["implement"]>[0]["fields"]
>;

/** The mutation of a payload type: `contactCreate` for `ContactCreatePayload`. */
const mutationOf = (payloadName: string): string =>
  payloadName.charAt(0).toLowerCase() + payloadName.slice(1).replace(/Payload$/, "");

/**
 * The payload type of a mutation: its result fields, each null if the mutation was refused, and `errors`.
 *
 * @param name name of the mutation with the suffix Payload
 * @param done the result, for the description: "the created contact"
 */
export const payloadType = <Result>(name: string, done: string, fields: PayloadFields<Result>) =>
  builder.objectRef<Payload<Result>>(name).implement({
    description: `Result of \`${mutationOf(name)}\`: ${done}, or \`errors\`.`,
    fields: (t) => ({
      ...fields(t),
      errors: t.field({
        type: [UserError],
        description: "Every problem of the input; empty if the mutation succeeded.",
        resolve: ({ errors }) => [...errors],
      }),
    }),
  });

/** The result of a mutation that permanently deletes a row. */
export const deletedPayload = (name: string, type: IdType, noun: string) =>
  payloadType<{ readonly id: string }>(name, `the id of the deleted ${noun}`, (t) => ({
    deletedId: t.id({
      nullable: true,
      description: `The id of the deleted ${noun}; null when refused.`,
      resolve: ({ result }) => (result === null ? null : encodeId(type, result.id)),
    }),
  }));
