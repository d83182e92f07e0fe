import {
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from "graphql";
import { describe, expect, test } from "vitest";
import { allPermissions, type Permission } from "../../src/auth/rights.ts";
import { mutationsBy } from "../../src/cli/roles-reference.ts";
import { encodeId } from "../../src/db/ids.ts";
import type { ApiScope, DataScope, MemberRole } from "../../src/generated/prisma/enums.ts";
import { newId } from "../../src/lib/typeid.ts";
import { schema } from "../../src/schema.ts";
import { type PayloadError, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** What `viewer.permissions` says and what happens, for every mutation and every kind of caller. */

const needed = new Map(
  [...mutationsBy(schema)].flatMap(([permission, names]) => names.map((name) => [name, permission] as const)),
);
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

/** A value of a type that says as little as it may. */
function literalOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literalOf(type.ofType);
  if (isListType(type)) return "[]";
  if (isEnumType(type)) return type.getValues()[0]?.name ?? "";
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
    return `{ ${fields.map((field) => `${field.name}: ${literalOf(field.type)}`).join(", ")} }`;
  }
  const texts: Record<string, string> = {
    ID: `"${encodeId("Contact", newId())}"`,
    Int: "1",
    Boolean: "true",
    Decimal: '"1"',
    DateTime: '"2026-01-01T00:00:00Z"',
    Currency: '"EUR"',
    EmailAddress: '"somebody@example.com"',
  };
  return texts[getNamedType(type).name] ?? '"x"';
}

const asked = mutations.map(({ name, args }) => {
  const given = args
    .filter(({ type }) => isNonNullType(type))
    .map((arg) => `${arg.name}: ${literalOf(arg.type)}`);
  return {
    name,
    field: `${name}: ${name}${given.length > 0 ? `(${given.join(", ")})` : ""} { errors { code path } }`,
  };
});

const roles = ["OWNER", "ADMIN", "MEMBER", "READ_ONLY"] as const satisfies readonly MemberRole[];
const dataScopes = ["ALL", "ASSIGNED"] as const satisfies readonly DataScope[];
const credentials = ["READ", "WRITE", "ADMIN"] as const satisfies readonly ApiScope[];
const callers = roles.flatMap((role) =>
  dataScopes.flatMap((dataScope) => credentials.map((scope) => ({ role, dataScope, scope }))),
);

/** Mutations of one document: the limit is 10. */
const AT_ONCE = 10;

test("every mutation says which permission it needs, and every permission allows something", () => {
  expect(mutations.filter(({ name }) => !needed.has(name)).map(({ name }) => name)).toEqual([]);
  const unused = allPermissions.filter((permission) => ![...needed.values()].includes(permission));
  expect(unused).toEqual(["RECORD_READ"]);
});

describe.each(callers)("$role, who sees $dataScope data, by a key with the scope $scope", (caller) => {
  test("may do what `permissions` says, and is refused all else", async () => {
    const organization = await Organization.make();
    const { role, dataScope, scope } = caller;
    const { key } = await organization.member({ role, dataScope, scopes: [scope] });
    const { data } = await sendText(key, "{ viewer { permissions } }");
    const { permissions } = (data as unknown as { viewer: { permissions: Permission[] } }).viewer;
    expect(permissions).toContain("RECORD_READ");
    const refused: string[] = [];
    for (let at = 0; at < asked.length; at += AT_ONCE) {
      const some = asked.slice(at, at + AT_ONCE);
      const answer = await sendText(key, `mutation { ${some.map(({ field }) => field).join(" ")} }`);
      const [whole] = answer.errors.filter(({ path }) => path === undefined);
      if (whole !== undefined) {
        expect(whole.extensions.code).toBe("INSUFFICIENT_SCOPE");
        refused.push(...some.map(({ name }) => name));
        continue;
      }
      expect(answer.errors, answer.text).toEqual([]);
      const payloads = answer.data as unknown as Record<string, { errors: PayloadError[] }>;
      for (const { name } of some) {
        const { errors = [] } = payloads[name] ?? {};
        if (errors.some(({ code, path }) => code === "FORBIDDEN" && path.length === 0)) refused.push(name);
      }
    }
    const lacking = asked.filter(({ name }) => !permissions.includes(needed.get(name) as Permission));
    expect(refused.sort()).toEqual(lacking.map(({ name }) => name).sort());
  });
});

test("nothing of a refused mutation is done", async () => {
  const organization = await Organization.make();
  const { key } = await organization.member({ dataScope: "ASSIGNED" });
  const answer = await sendText(
    key,
    `mutation { customValueSet(key: "x", value: "y") { customValue { key } errors { __typename code path message } } }`,
  );
  expect(answer.data).toEqual({
    customValueSet: {
      customValue: null,
      errors: [
        {
          __typename: "ValidationError",
          code: "FORBIDDEN",
          path: [],
          message: "custom values are shared: a member restricted to assigned data cannot change them",
        },
      ],
    },
  });
  const { prisma } = await testDatabase();
  expect(await prisma.customValue.count({ where: { orgId: organization.id } })).toBe(0);
});
