import { builder } from "../graphql/builder.ts";

export const TagsInput = builder.inputType("TagsInput", {
  description: "How to change the tags carried: `set` alone, or `add` and `remove`. By name or id.",
  fields: (t) => ({
    set: t.stringList({ description: "These and no others." }),
    add: t.stringList({ description: "These as well." }),
    remove: t.stringList({ description: "Not these." }),
  }),
});
