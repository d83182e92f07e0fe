import { builder } from "../graphql/builder.ts";

/** Arguments that many mutations take. */

export const idArg = (noun: string) =>
  builder.args((t) => ({ id: t.id({ required: true, description: `The ${noun}'s id.` }) }));

export const expectedVersionArg = () =>
  builder.args((t) => ({
    expectedVersion: t.int({
      description:
        "The version that the caller has seen; the mutation is refused if the record has another one by now.",
    }),
  }));

export const idempotencyKeyArg = () =>
  builder.args((t) => ({
    idempotencyKey: t.string({
      description:
        "A key chosen by the caller, 1 to 255 characters, kept for 72 hours: the same request sent again with it returns the first result and changes nothing.",
    }),
  }));

export const tagsArg = () =>
  builder.args((t) => ({
    tags: t.stringList({ required: true, description: "Tags, by name or id; at most 100." }),
  }));

export const createMissingTagsArg = () =>
  builder.args((t) => ({
    createMissingTags: t.boolean({
      description: "Whether to create tags that do not exist; otherwise they are refused.",
    }),
  }));

export const customFieldArgs = () =>
  builder.args((t) => ({
    slug: t.string({ required: true, description: "The field's slug." }),
    value: t.field({
      type: "JSON",
      description: "The value, in the form of the field's type; null clears it.",
    }),
  }));
