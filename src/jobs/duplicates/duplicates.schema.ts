import type { ContactRow } from "../../db/prisma/rows.ts";
import type { FoundGroup } from "../../db/read/duplicates.ts";
import type { DuplicateSearch } from "../../generated/prisma/client.ts";
import type { DuplicateReason } from "../../generated/prisma/enums.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import { pageArgs } from "../../graphql/connection.ts";
import { COUNTING, price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
import { needs } from "../../graphql/needs.ts";
import { asNode } from "../../graphql/node.ts";
import { payload, payloadType } from "../../graphql/payload.ts";
import { selectOf } from "../../graphql/plan.ts";
import { keyed } from "../../graphql/rows.ts";
import { idArg } from "../../records/args.ts";
import {
  cancelSearch,
  groupsPage,
  type PossibleDuplicate,
  possibleDuplicates,
  searchDuplicates,
} from "./duplicates.service.ts";

const ReasonEnum = builder.enumType("DuplicateReason", {
  description: "Why contacts are likely one person. What more than ten contacts share is ignored.",
  values: {
    SIMILAR_EMAIL: {
      description:
        "They have addresses that differ by dots or what follows a plus before the @, as in m.quint+news@ and mquint@, or by googlemail.com for gmail.com.",
    },
    SAME_PHONE: { description: "They share a phone number." },
    SAME_NAME_AND_COMPANY: {
      description: "They have the same name and company, without regard to case and accents.",
    },
  } as const satisfies Record<keyof typeof DuplicateReason, { description: string }>,
});

const StateEnum = builder.enumType("DuplicateSearchState", {
  description: "State of a search for duplicates.",
  values: {
    QUEUED: { description: "Waiting to start." },
    RUNNING: { description: "In progress." },
    DONE: { description: "Done; `contactDuplicates` shows its groups until the next search is done." },
    FAILED: { description: "Ended early; `problem` says why." },
    CANCELLED: { description: "Cancelled." },
  } as const,
});

const Search = builder.prismaObject("DuplicateSearch", {
  ...keyed,
  description: "A search among all contacts of the organization for those that are likely one person.",
  fields: (t) => ({
    state: t.expose("state", { type: StateEnum, description: "State of the job." }),
    progress: t.float({
      description: "The part that is done, from 0 to 1.",
      select: { state: true, total: true, done: true },
      resolve: ({ state, total, done }) => (state === "DONE" ? 1 : total === 0 ? 0 : done / total),
    }),
    groups: t.exposeInt("groups", {
      description: "Number of groups found, those of contacts that the caller may not see included.",
    }),
    problem: t.exposeString("problem", { nullable: true, description: "Why it failed." }),
    member: t.field({
      type: "Member",
      nullable: true,
      description: "The member who requested it.",
      select: { memberId: true },
      resolve: ({ memberId }, _args, context) => byId.member.load(context, memberId),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was requested." }),
    startedAt: t.expose("startedAt", { type: "DateTime", nullable: true, description: "When it started." }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true, description: "When it ended." }),
  }),
});

asNode(Search, "duplicate_search", byId.duplicateSearch.load);

const isThere = <Row>(row: Row | null): row is Row => row !== null;

const Group = builder.objectRef<FoundGroup>("ContactDuplicateGroup").implement({
  description: "Contacts that are likely one person: each shares a value with another one of the group.",
  fields: (t) => ({
    contacts: t.field({
      type: ["Contact"],
      description: "Those that are live and that the caller may see, two to 50, the oldest first.",
      extensions: price({ items: 5 }),
      resolve: async ({ contactIds }, _args, context) => {
        const contacts = await byId.contact.loadMany(context, contactIds);
        return contacts.filter(isThere) as ContactRow[];
      },
    }),
    reasons: t.field({
      type: [ReasonEnum],
      description: "What some of them share, the strongest first.",
      resolve: ({ reasons }) => [...reasons],
    }),
    score: t.float({
      description: "How likely they are one person, from 0 to 1.",
      resolve: ({ score }) => score / 100,
    }),
  }),
});

const GroupConnection = builder.connectionObject(
  { type: Group, name: "ContactDuplicateGroupConnection", description: "A page of groups." },
  builder.edgeObject({
    type: Group,
    name: "ContactDuplicateGroupEdge",
    description: "One of the groups of a page, with its cursor.",
  }),
);

const Possible = builder.objectRef<PossibleDuplicate>("PossibleDuplicate").implement({
  description: "A contact that is likely the same person as another one.",
  fields: (t) => ({
    contact: t.field({
      type: "Contact",
      nullable: true,
      description: "The contact; null if it has just been deleted.",
      resolve: ({ contactId }, _args, context, info) => byId.contact.load(context, contactId, info),
    }),
    reasons: t.field({
      type: [ReasonEnum],
      description: "What they share, alphabetically.",
      resolve: ({ reasons }) => [...reasons],
    }),
    score: t.float({
      description: "How likely they are one person, from 0 to 1.",
      resolve: ({ score }) => score / 100,
    }),
  }),
});

builder.objectField("Contact", "possibleDuplicates", (t) =>
  t.field({
    type: [Possible],
    description:
      "Up to ten live contacts that the caller may see and that are likely the same person, by what they share now; the likeliest first. `contactMerge` merges them.",
    extensions: price({ cost: 10, items: 10 }),
    resolve: (contact, _args, context) =>
      possibleDuplicates(context, (contact as { readonly id: string }).id),
  }),
);

builder.queryFields((t) => ({
  contactDuplicates: t.field({
    type: GroupConnection,
    description:
      "Groups of live contacts that are likely one person, the likeliest first, as the latest `contactDuplicatesSearch` found them; none before the first search. Contacts that have been deleted since or that the caller may not see are left out, and so are groups of which fewer than two contacts remain.",
    extensions: price({ cost: COUNTING }),
    args: pageArgs(),
    resolve: (_root, args, context) => groupsPage(context, args),
  }),
  duplicateSearch: t.field({
    type: "DuplicateSearch",
    nullable: true,
    description: "A search for duplicates by its id, or the latest one; null when there is none.",
    args: { id: t.arg.id({ description: "The search's id; the latest when left out." }) },
    resolve: (_root, { id }, context, info) => {
      if (id == null) {
        return context.db.duplicateSearch.findFirst({
          orderBy: [{ createdAt: "desc" }, { id: "desc" }],
          ...selectOf(info, "DuplicateSearch"),
        });
      }
      const uuid = readIdOf("DuplicateSearch", id, "id");
      return uuid === null ? null : byId.duplicateSearch.load(context, uuid, info);
    },
  }),
}));

const searchPayload = (name: string, done: string) =>
  payloadType<DuplicateSearch>(name, `the ${done} search`, (t) => ({
    search: t.expose("result", {
      type: "DuplicateSearch",
      nullable: true,
      description: `The ${done} search; null when refused.`,
    }),
  }));

builder.mutationFields((t) => ({
  contactDuplicatesSearch: t.field({
    extensions: needs("DUPLICATE_SEARCH"),
    type: searchPayload("ContactDuplicatesSearchPayload", "new"),
    description:
      "Starts a job that searches all contacts for those that are likely one person; `duplicateSearch` shows its progress. If one is waiting or running already, that one is returned. Nothing is merged.",
    resolve: (_root, _args, context) => payload(() => searchDuplicates(context)),
  }),
  duplicateSearchCancel: t.field({
    extensions: needs("DUPLICATE_SEARCH"),
    type: searchPayload("DuplicateSearchCancelPayload", "cancelled"),
    description: "Cancels a search for duplicates. The groups of the search before it are still shown.",
    args: idArg("search"),
    resolve: (_root, { id }, context) => payload(() => cancelSearch(context, id)),
  }),
}));
