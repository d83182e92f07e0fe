import { lackOf } from "../../auth/rights.ts";
import type { ApiKey } from "../../generated/prisma/client.ts";
import { builder } from "../../graphql/builder.ts";
import type { Context } from "../../graphql/context.ts";
import { price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
import { needs } from "../../graphql/needs.ts";
import { asNode } from "../../graphql/node.ts";
import { payload, payloadType } from "../../graphql/payload.ts";
import { selectOf } from "../../graphql/plan.ts";
import { keyed } from "../../graphql/rows.ts";
import { RequestError } from "../../lib/errors.ts";
import { idArg, idempotencyKeyArg } from "../../records/args.ts";
import { ApiScope, ModificationSource } from "../../records/enums.ts";
import { ApiKeyCreateInput } from "./api-key.inputs.ts";
import { type CreatedKey, createApiKey, revokeApiKey } from "./api-key.service.ts";

const lack = ({ viewer }: Context): string | null => lackOf(viewer, "API_KEY_MANAGE");

const ApiKeyType = builder.prismaObject("ApiKey", {
  ...keyed,
  description:
    "A key that calls the API as one member. What it opens with is shown once, when it is made. Needs the scope ADMIN.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "What it is for." }),
    prefix: t.exposeString("prefix", { description: "Its beginning, to recognise it by." }),
    scopes: t.expose("scopes", {
      type: [ApiScope],
      description: "What it may be used for, within the member's role.",
    }),
    sources: t.expose("sources", {
      type: [ModificationSource],
      description: "The systems as which it may say to write, beside the API.",
    }),
    member: t.field({
      type: "Member",
      nullable: true,
      description: "The member for whom it stands.",
      select: { memberId: true },
      resolve: ({ memberId }, _args, context) => byId.member.load(context, memberId),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      nullable: true,
      description: "When it ends; null when it does not.",
    }),
    lastUsedAt: t.expose("lastUsedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was last used, to the minute.",
    }),
    revokedAt: t.expose("revokedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was revoked; null while it is valid.",
    }),
  }),
});

asNode(ApiKeyType, "api_key", (context, id, info) =>
  lack(context) === null ? byId.apiKey.load(context, id, info) : Promise.resolve(null),
);

builder.queryField("apiKeys", (t) =>
  t.field({
    type: ["ApiKey"],
    extensions: price({ items: 100 }),
    description:
      "The organization's API keys, newest first, expired and revoked ones too; a member restricted to assigned data sees their own. Needs the scope ADMIN.",
    resolve: (_root, _args, context, info) => {
      if (lack(context) !== null) {
        throw new RequestError("INSUFFICIENT_SCOPE", "This needs the scope ADMIN.", { status: 403 });
      }
      return context.db.apiKey.findMany({
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        ...selectOf(info, "ApiKey"),
      });
    },
  }),
);

builder.mutationFields((t) => ({
  apiKeyCreate: t.field({
    extensions: needs("API_KEY_MANAGE"),
    type: payloadType<CreatedKey>("ApiKeyCreatePayload", "the new key", (p) => ({
      apiKey: p.field({
        type: "ApiKey",
        nullable: true,
        description: "What is known of the key; null when refused.",
        resolve: ({ result }, _args, context, info) =>
          result ? byId.apiKey.load(context, result.id, info) : null,
      }),
      key: p.string({
        nullable: true,
        description:
          "The key itself, for the Authorization header. It is kept nowhere: this is the only time that it is shown, and a request repeated under its idempotency key answers null.",
        resolve: ({ result }) => result?.key ?? null,
      }),
    })),
    description: "Makes an API key. Needs the scope ADMIN.",
    args: {
      input: t.arg({ type: ApiKeyCreateInput, required: true, description: "The new key." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => createApiKey(context, input, idempotencyKey)),
  }),
  apiKeyRevoke: t.field({
    extensions: needs("API_KEY_MANAGE"),
    type: payloadType<ApiKey>("ApiKeyRevokePayload", "the revoked key", (p) => ({
      apiKey: p.expose("result", {
        type: "ApiKey",
        nullable: true,
        description: "The revoked key; null when refused.",
      }),
    })),
    description:
      "Revokes an API key for good: it is refused from the next request on. A key cannot revoke itself, and only an owner revokes an owner's. Needs the scope ADMIN.",
    args: idArg("key"),
    resolve: (_root, { id }, context) => payload(() => revokeApiKey(context, id)),
  }),
}));
