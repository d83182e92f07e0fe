import { builder } from "./builder.ts";
import { type Refusal, type RefusalCode, RefusalError, refusalCodes } from "./errors.ts";
import { byId } from "./loaders.ts";

/** Refusals as payload errors: the one place where they become GraphQL. */

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
} as const satisfies Record<Refusal["kind"], string>;

export const UserError = builder.interfaceRef<Refusal>("UserError").implement({
  description: "One thing wrong with a mutation's input. All of them come at once.",
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

type Kind<Name extends Refusal["kind"]> = Extract<Refusal, { kind: Name }>;

builder.objectRef<Refusal>("ValidationError").implement({
  interfaces: [UserError],
  description: "A value that breaks a rule.",
});
builder.objectRef<Refusal>("NotFoundError").implement({
  interfaces: [UserError],
  description: "A record that is not there, or that the caller may not see.",
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
      description: "The record as it is now.",
      resolve: ({ currentId }, _args, context) => byId.contact.load(context, currentId),
    }),
  }),
});
builder.objectRef<Kind<"customField">>("CustomFieldError").implement({
  interfaces: [UserError],
  description: "A custom field that does not exist, or whose value does not fit it.",
  fields: (t) => ({
    slug: t.exposeString("slug", { description: "The slug that was sent." }),
    suggestions: t.stringList({
      description: "Slugs or options that may have been meant.",
      resolve: ({ suggestions }) => [...suggestions],
    }),
  }),
});

/** What a mutation answers: its result, or everything that was wrong. */
export interface Payload<Result> {
  readonly result: Result | null;
  readonly errors: readonly Refusal[];
}

/** Runs a mutation's work; a RefusalError becomes payload errors, every other throw stays a fault. */
export async function payload<Result>(work: () => Promise<Result>): Promise<Payload<Result>> {
  try {
    return { result: await work(), errors: [] };
  } catch (error) {
    if (error instanceof RefusalError) return { result: null, errors: error.refusals };
    throw error;
  }
}
