import { builder } from "../../builder.ts";
import { byId } from "../../loaders.ts";

builder.node("SmartList", {
  description: "A saved question about contacts, shared in the organization.",
  id: { resolve: (list) => list.id, description: "Global id, `smart_list_…`." },
  loadMany: (ids, context) => byId.smartList.loadMany(context, ids),
  fields: (t) => ({
    name: t.exposeString("name", { description: "What people see." }),
    version: t.exposeInt("version", { description: "Counts its changes, from 1." }),
  }),
});
