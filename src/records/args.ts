import { builder } from "../graphql/builder.ts";

/** Arguments that many mutations take. */

export const idArg = (noun: string) =>
  builder.args((t) => ({ id: t.id({ required: true, description: `The ${noun}'s id.` }) }));

export const expectedVersionArg = () =>
  builder.args((t) => ({
    expectedVersion: t.int({ description: "Refuses when the record is no longer at this version." }),
  }));

export const idempotencyKeyArg = () =>
  builder.args((t) => ({
    idempotencyKey: t.string({
      description:
        "A text of your own, 1 to 255 characters, kept for 72 hours: sending the same request again under it answers as the first time and does nothing.",
    }),
  }));

export const tagsArg = () =>
  builder.args((t) => ({
    tags: t.stringList({ required: true, description: "Tags, by name or id; 100 at most." }),
  }));

export const createMissingTagsArg = () =>
  builder.args((t) => ({
    createMissingTags: t.boolean({
      description: "Whether to make tags that do not exist yet; otherwise they are refused.",
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
