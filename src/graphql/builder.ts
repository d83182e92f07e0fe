import SchemaBuilder from "@pothos/core";
import PrismaPlugin from "@pothos/plugin-prisma";
import RelayPlugin, { resolveNodes } from "@pothos/plugin-relay";
import TracingPlugin, { isRootField } from "@pothos/plugin-tracing";
import { type GraphQLResolveInfo, type GraphQLSchema, isObjectType } from "graphql";
import type { Viewer } from "../auth/viewer.ts";
import { decodeId, encodeId, type IdType } from "../db/ids.ts";
import type { Definition } from "../db/read/catalogue.ts";
import type { MemberProfile } from "../db/scope/members.ts";
import { getDatamodel } from "../generated/pothos.ts";
import { quote, RequestError } from "../lib/errors.ts";
import type { Upload } from "../lib/upload.ts";
import type { Context } from "./context.ts";
import needsPlugin from "./needs.ts";
import ownResolvers from "./own-resolvers.ts";
import type { PrismaTypes, Rows } from "./rows.ts";
import * as scalars from "./scalars.ts";
import { traceable } from "./tracing.ts";

interface Scalar<Input, Output = Input> {
  Input: Input;
  Output: Output;
}

/** Backing types of the GraphQL types that modules refer to by name. */
interface Objects extends Omit<Rows, "Member" | "CustomField" | "Organization"> {
  Member: MemberProfile;
  /** The columns that are part of the caller's membership. */
  Organization: Pick<
    Viewer,
    | "orgId"
    | "orgName"
    | "mode"
    | "timeZone"
    | "weekStart"
    | "defaultCountry"
    | "defaultCurrency"
    | "orgVersion"
  >;
  CustomField: Definition;
}

interface Types {
  Context: Context;
  Objects: Objects;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Scalars: {
    ID: Scalar<string>;
    DateTime: Scalar<Date>;
    Date: Scalar<string, Date | string>;
    Decimal: Scalar<string>;
    JSON: Scalar<unknown>;
    EmailAddress: Scalar<string>;
    PhoneNumber: Scalar<string>;
    URL: Scalar<string>;
    CountryCode: Scalar<string>;
    Currency: Scalar<string>;
    TimeZone: Scalar<string>;
    Duration: Scalar<string>;
    Upload: Scalar<Upload, never>;
  };
}

/** Pothos' types of this builder. */
export type BuilderTypes = PothosSchemaTypes.ExtendDefaultTypes<Types>;

export const builder = new SchemaBuilder<Types>({
  plugins: [TracingPlugin, RelayPlugin, needsPlugin, ownResolvers, PrismaPlugin],
  tracing: {
    // An answer has thousands of fields below them.
    default: isRootField,
    wrap: (resolve, _options, { parentType, name }) =>
      traceable(resolve as never, { parentType, name }) as never,
  },
  prisma: {
    // Never used for reading: the plugin would only call findUnique, which the scoped client does not have.
    client: ({ db }) => db as never,
    dmmf: getDatamodel(),
  },
  defaultFieldNullability: false,
  relay: {
    cursorType: "String",
    brandLoadedObjects: true,
    encodeGlobalID: (type, id) => encodeId(type as IdType, String(id)),
    decodeGlobalID: (id) => {
      const { type, uuid } = readId(id, "id");
      return { typename: type, id: uuid };
    },
    nodeTypeOptions: { description: "An object with an id." },
    idFieldOptions: { description: "Global id with the type as its prefix; sortable by time of creation." },
    pageInfoTypeOptions: { description: "Position of a page in its list." },
    hasNextPageFieldOptions: { description: "Whether there are records after this page." },
    hasPreviousPageFieldOptions: { description: "Whether there are records before this page." },
    startCursorFieldOptions: {
      description: "Cursor of the first edge; send it as `before` to page backwards.",
    },
    endCursorFieldOptions: { description: "Cursor of the last edge; send it as `after` for the next page." },
    cursorFieldOptions: {
      description: "Position of this edge in the list, for this order and filter.",
    },
    nodeFieldOptions: { description: "The record." },
    edgesFieldOptions: {
      description: "The records with their cursors.",
      nullable: { list: false, items: false },
    },
    pageInfoFieldOptions: { description: "Position of the page in its list." },
    nodesOnConnection: { description: "The records, without cursors." },
    edgeCursorType: "String",
    pageInfoCursorType: "String",
    nodeQueryOptions: {
      description: "Any record by its id; null when there is none that the caller may see.",
      nullable: true,
      args: { id: { description: "The record's id." } },
      resolve: (_root, { id }, _context, info, resolveNode) =>
        isNode(info.schema, id.typename) ? resolveNode(id) : null,
    },
    nodesQueryOptions: {
      description:
        "Records by their ids, in the same order; null for each that does not exist or that the caller may not see. At most 100.",
      nullable: { list: false, items: true },
      args: { ids: { description: "The records' ids." } },
      resolve: (_root, { ids }, context, info) => {
        if (ids.length > 100) {
          throw new RequestError("TOO_MANY_ITEMS", `ids has ${ids.length} items; the limit is 100`, {
            field: "ids",
          });
        }
        return findNodes(context, info, ids);
      },
    },
  },
});

builder.addScalarType("DateTime", scalars.DateTimeScalar);
builder.addScalarType("Date", scalars.DateScalar);
builder.addScalarType("Decimal", scalars.DecimalScalar);
builder.addScalarType("JSON", scalars.JsonScalar);
builder.addScalarType("EmailAddress", scalars.EmailAddressScalar);
builder.addScalarType("PhoneNumber", scalars.PhoneNumberScalar);
builder.addScalarType("URL", scalars.UrlScalar);
builder.addScalarType("CountryCode", scalars.CountryCodeScalar);
builder.addScalarType("Currency", scalars.CurrencyScalar);
builder.addScalarType("TimeZone", scalars.TimeZoneScalar);
builder.addScalarType("Duration", scalars.DurationScalar);

builder.queryType({
  description: "Queries. Every result is confined to the caller's organization and data scope.",
});
builder.mutationType({
  description:
    "Mutations. Problems of the input are returned in the payload's `errors`, all of them at once.",
});

/** Whether records of a type are found by their ids: an organization has an id but is not found by it. */
function isNode(schema: GraphQLSchema, typename: string): boolean {
  const type = schema.getType(typename);
  return isObjectType(type) && type.getInterfaces().some(({ name }) => name === "Node");
}

const findNodes = (
  context: Context,
  info: GraphQLResolveInfo,
  ids: readonly { readonly typename: string; readonly id: string }[],
): Promise<unknown[]> =>
  resolveNodes(
    builder,
    context,
    info,
    ids.map((id) => (isNode(info.schema, id.typename) ? id : null)),
  );

/**
 * Decodes an id from an argument.
 *
 * @throws RequestError BAD_ID if the text is not an id
 */
function readId(id: string, field: string): { type: IdType; uuid: string } {
  const decoded = decodeId(id);
  if (!decoded) throw new RequestError("BAD_ID", `${field} ${quote(id)} is not an id`, { field });
  return decoded;
}

/** The row's UUID if the id is of this type, otherwise null. */
export function readIdOf(type: IdType, id: string, field: string): string | null {
  const decoded = readId(id, field);
  return decoded.type === type ? decoded.uuid : null;
}
