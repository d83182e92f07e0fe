import { builder } from "../graphql/builder.ts";

export const TagsInput = builder.inputType("TagsInput", {
  description:
    "Change of a record's tags: either `set`, or `add` and `remove`. Tags are given by name or id.",
  fields: (t) => ({
    set: t.stringList({ description: "Tags that replace the existing ones." }),
    add: t.stringList({ description: "Tags to add." }),
    remove: t.stringList({ description: "Tags to remove." }),
  }),
});
