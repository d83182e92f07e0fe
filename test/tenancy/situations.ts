import { encodeId, type IdType } from "../../src/db/ids.ts";
import type { Cast } from "./cast.ts";
import type { Operation, Operations } from "./operations.ts";

/** Operations for fields that no single argument reaches: refusals, previews, trees of filters. */

const file = "name,email,phone,colour\nWalked,walked@example.com,+4930555444,red\nNobody,no address,,\n";

export function situationsOf(cast: Cast, operations: Operations): Operation[] {
  const row = (type: IdType) => cast.rows.own[type];
  const id = (type: IdType) => {
    const { id: own } = row(type) ?? {};
    return own === undefined ? cast.never(type) : encodeId(type, own);
  };
  const { second, contact } = cast.caller.planted.records[cast.caller.owner];
  const { email, custom } = (row("Contact") ?? {}) as { email?: string; custom?: { code?: string } };
  const query = { groups: [{ conditions: [{ field: "name", op: "NE", value: "x" }] }] };
  const filter = {
    or: [
      { tags: { hasAny: ["shared"] }, owner: { eq: id("Member") }, callCount: { gt: 1 } },
      {
        createdAt: { on: "1850-01-02" },
        allowPhoneCalls: { eq: true },
        inSmartList: { eq: id("SmartList") },
      },
      { lastCallAt: { within: { last: { amount: 3, unit: "DAY" } }, olderThan: "P30D" } },
      { updatedAt: { within: { this: "WEEK" }, gt: "2020-01-01T00:00:00Z" }, id: { eq: id("Contact") } },
      {
        customFields: [
          { slug: "tier", select: { eq: "Gold" } },
          { slug: "amount", number: { gt: "1.5" } },
        ],
      },
      { deals: { some: { status: { eq: "OPEN" }, expectedCloseOn: { eq: "2024-02-29" } } } },
    ],
  };
  const onContact = { filter: { id: { eq: contact.globalId } } };
  const code = custom?.code ?? "none";
  return [
    operations.given("contactFilterPreview", { filter, query }),
    operations.given("contacts", { query, first: 5 }),
    operations.given("leads", { query, first: 5 }),
    operations.given("deals", { query, first: 5 }),
    operations.given("contactUpsert", {
      input: {
        name: "Walked",
        email,
        customFields: [{ slug: "code", value: "x" }],
        phoneNumbers: ["+4930555123"],
      },
      matchOn: ["EMAIL", "PHONE"],
    }),
    operations.given("contactCreate", {
      input: { name: "W", email: "w@example.com", customFields: [{ slug: "code", value: code }] },
    }),
    operations.given("contactUpdate", { id: second.globalId, input: { email } }),
    operations.given("contactUpdate", { id: second.globalId, input: { title: "x" }, expectedVersion: 99 }),
    operations.given("contactMerge", {
      input: { primaryId: contact.globalId, duplicateIds: [cast.states.merged.Contact] },
    }),
    operations.given("contactsBulkDelete", { filter: {} }),
    operations.given("contactsBulkUpdate", {
      ...onContact,
      input: { title: "x" },
      planToken: cast.planTokens.own ?? "x",
    }),
    operations.given("memberInvite", {
      input: {
        name: "W",
        email: "w@people.example",
        apiKey: { name: "W", expiresAt: "2030-01-01T00:00:00Z" },
      },
    }),
    operations.given("contactImportPreview", { input: { file: null } }, file),
    operations.given("leadImportPreview", { input: { file: null } }, file),
    operations.given("contactImport", { input: { file: null } }, file),
  ];
}
