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
    "An API key of a member. The key itself is shown once, when it is created. Needs the scope ADMIN.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "Name, which says what the key is for." }),
    prefix: t.exposeString("prefix", {
      description: "First characters of the key, by which it can be recognized.",
    }),
    scopes: t.expose("scopes", {
      type: [ApiScope],
      description: "Scopes of the key, limited by the member's role.",
    }),
    sources: t.expose("sources", {
      type: [ModificationSource],
      description:
        "Values allowed in X-Modification-Source; without the header, changes are recorded as API.",
    }),
    member: t.field({
      type: "Member",
      nullable: true,
      description: "The member that the key belongs to.",
      select: { memberId: true },
      resolve: ({ memberId }, _args, context) => byId.member.load(context, memberId),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When the key was created." }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      nullable: true,
      description: "When the key expires; null if it does not.",
    }),
    lastUsedAt: t.expose("lastUsedAt", {
      type: "DateTime",
      nullable: true,
      description: "When the key was last used, to the minute.",
    }),
    revokedAt: t.expose("revokedAt", {
      type: "DateTime",
      nullable: true,
      description: "When the key was revoked; null if it was not.",
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
      "The organization's API keys, newest first, including expired and revoked ones; members restricted to assigned data see only their own. Needs the scope ADMIN.",
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
        description: "The key without its secret; null if refused.",
        resolve: ({ result }, _args, context, info) =>
          result ? byId.apiKey.load(context, result.id, info) : null,
      }),
      key: p.string({
        nullable: true,
        description:
          "The key itself, for the Authorization header. It is not stored and shown only here; a request repeated with the same idempotency key returns null.",
        resolve: ({ result }) => result?.key ?? null,
      }),
    })),
    description: "Creates an API key. Needs the scope ADMIN.",
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
      "Revokes an API key permanently: it is refused from the next request on. A key cannot revoke itself, and only owners can revoke an owner's key. Needs the scope ADMIN.",
    args: idArg("key"),
    resolve: (_root, { id }, context) => payload(() => revokeApiKey(context, id)),
  }),
}));
