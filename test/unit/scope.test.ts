import { describe, expect, test } from "vitest";
import { columnsOf, ownedModels } from "../../src/db/models.ts";
import { ScopeError } from "../../src/db/scope/rules.ts";
import { columnLimits, type Principal, scope } from "../../src/db/scope/scope.ts";

const orgId = "01913b3a-0000-7000-8000-000000000001";
const memberId = "01913b3a-0000-7000-8000-000000000002";
const other = "01913b3a-0000-7000-8000-000000000003";
const all: Principal = { orgId, memberId, dataScope: "ALL" };
const assigned: Principal = { ...all, dataScope: "ASSIGNED" };

/** Every model but those of no organization, and those that have no moment of their own to write. */
const models = ownedModels.map(([name]) => name).filter((name) => "createdAt" in columnsOf(name));
const filtered = [
  "findMany",
  "findFirst",
  "count",
  "groupBy",
  "updateMany",
  "updateManyAndReturn",
  "deleteMany",
];

const refused = (model: string, operation: string, args: object, principal: Principal = all) =>
  expect(() => scope(model, operation, { ...args }, principal)).toThrow(ScopeError);

describe.each(models)("%s", (model) => {
  test.each(filtered)("%s is AND-ed to the organization, whatever the where says", (operation) => {
    const where = { orgId: other };
    const args = operation.startsWith("update") ? { where, data: { createdAt: new Date() } } : { where };
    expect(scope(model, operation, args, all)).toMatchObject({ where: { AND: [{ orgId }, where] } });
    const bare = operation.startsWith("update") ? { data: { createdAt: new Date() } } : {};
    expect(scope(model, operation, bare, all)).toMatchObject({ where: { AND: [{ orgId }] } });
  });

  test("a new row gets the organization, and one that names another is refused", () => {
    const data = { createdAt: new Date() };
    expect(scope(model, "create", { data }, all)).toEqual({ data: { ...data, orgId } });
    expect(scope(model, "createMany", { data: [data, { ...data, orgId }] }, all)).toEqual({
      data: [
        { ...data, orgId },
        { ...data, orgId },
      ],
    });
    for (const foreign of [other, undefined, null, ""]) {
      refused(model, "create", { data: { ...data, orgId: foreign } });
      refused(model, "createMany", { data: [data, { ...data, orgId: foreign }] });
    }
  });

  test.each(["findUnique", "update", "delete", "upsert", "aggregate", "findRaw", "$queryRaw", "constructor"])(
    "%s is not among the calls",
    (operation) => refused(model, operation, { where: {} }),
  );

  test("relations are refused in every place, and so is what is undefined or empty", () => {
    for (const place of ["select", "omit", "orderBy"])
      refused(model, "findMany", { [place]: { organization: true } });
    refused(model, "findMany", { include: { organization: true } });
    refused(model, "findMany", { cursor: { id: other } });
    refused(model, "findMany", { where: { organization: { is: { id: other } } } });
    refused(model, "findMany", { where: { OR: [{ NOT: { organization: {} } }] } });
    refused(model, "findMany", { where: { createdAt: undefined } });
    for (const key of ["AND", "OR", "NOT"]) refused(model, "findMany", { where: { AND: [{ [key]: [] }] } });
    refused(model, "create", { data: { organization: { connect: { id: other } } } });
    refused(model, "updateMany", { data: { organization: { create: {} } } });
    refused(model, "updateMany", { data: { orgId } });
  });

  test.each([undefined, null, "", "*", "undefined", "null", orgId.toUpperCase(), {}])(
    "an organization id of %o is refused",
    (id) => {
      refused(model, "findMany", {}, { ...all, orgId: id as string });
      refused(model, "count", {}, { ...all, memberId: id as string });
    },
  );
});

test.each(["User", "Organization", "__proto__", "constructor", ""])(
  "the model %o cannot be reached",
  (model) => {
    refused(model, "findMany", {});
  },
);

test.each(["Contact", "Lead", "Deal", "Activity", "Conversation", "ContactTag", "LeadTag"])(
  "a restricted member's %s is AND-ed to what is assigned to them",
  (model) => {
    const { where } = scope(model, "findMany", { where: { orgId: other } }, assigned) as {
      where: { AND: object[] };
    };
    expect(where.AND).toHaveLength(3);
    expect(JSON.stringify(where.AND[1])).toContain(`"ownerId":"${memberId}"`);
  },
);

test.each([
  ["ImportJob", { memberId }],
  ["ImportChunk", { job: { is: { memberId } } }],
  ["ExportJob", { memberId }],
  ["ExportBatch", { job: { is: { memberId } } }],
  ["ExportChunk", { job: { is: { memberId } } }],
  ["BulkJob", { memberId }],
  ["BulkChunk", { job: { is: { memberId } } }],
])("a restricted member's %s is AND-ed to the jobs that they asked for", (model, mine) => {
  expect(scope(model, "findMany", {}, assigned)).toEqual({ where: { AND: [{ orgId }, mine] } });
  expect(scope(model, "deleteMany", {}, all)).toEqual({ where: { AND: [{ orgId }] } });
});

test("a restricted member creates contacts and leads of their own only", () => {
  for (const model of ["Contact", "Lead"]) {
    refused(model, "create", { data: { name: "x" } }, assigned);
    refused(model, "create", { data: { name: "x", ownerId: other } }, assigned);
    expect(scope(model, "create", { data: { ownerId: memberId } }, assigned)).toEqual({
      data: { ownerId: memberId, orgId },
    });
  }
});

test("columns say who may see a row where its own do, and nothing where they do not", () => {
  expect(columnLimits("Contact", all)).toEqual({ orgId });
  expect(columnLimits("Contact", assigned)).toEqual({ orgId, ownerId: memberId });
  expect(columnLimits("Deal", all)).toEqual({ orgId });
  expect(columnLimits("Deal", assigned)).toBeNull();
  for (const model of ["User", "Organization", "constructor"]) {
    expect(() => columnLimits(model, all), model).toThrow(ScopeError);
  }
  expect(() => columnLimits("Contact", { ...all, orgId: "" })).toThrow(ScopeError);
});
