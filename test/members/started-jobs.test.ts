import { beforeEach, describe, expect, test } from "vitest";
import { bulk, bulkJobOf, planned, plantMany, runBulkJobs } from "../support/bulk.ts";
import { mutate, sendText } from "../support/client.ts";
import { askSearch, latestSearch, runSearches } from "../support/duplicates.ts";
import { askExport, exportOf, runExports } from "../support/exports.ts";
import { jobOf, runImports, upload } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";
import { remove, update } from "./support.ts";

/** Jobs and repeatable requests of a member who was removed or restricted since. */

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
});

type Member = Awaited<ReturnType<Organization["member"]>>;

describe("what a member started", () => {
  const restricting: readonly [string, (member: Member) => Promise<unknown>, RegExp][] = [
    [
      "was removed",
      ({ globalId }) => remove(organization.key, globalId),
      /no longer a member of the organization/,
    ],
    [
      "may only read",
      ({ globalId }) => update(organization.key, globalId, "role: READ_ONLY"),
      /no longer has the permission: this needs the scope WRITE/,
    ],
  ];

  test.each(restricting)(
    "ends when the member %s: imports, bulk changes, exports, searches",
    async (_how, lose, why) => {
      const member = await organization.member();
      await plantMany(organization, 600);
      const { data } = await upload(member.key, "name,email\nA,a@example.com\n");
      const args = { filter: { company: { eq: "planted ltd" } }, input: { source: "Fair" } };
      const { planToken } = await planned(member.key, "contactsBulkUpdate", args);
      const { job } = await bulk(member.key, "contactsBulkUpdate", { ...args, planToken });
      const exporting = await askExport(member.key, { format: "CSV" });
      await askSearch(member.key);
      expect((await lose(member)) as object).toMatchObject({ errors: [] });
      await runImports(organization);
      await runBulkJobs(organization);
      await runExports(organization);
      await runSearches(organization);
      const ended = { state: "FAILED", problem: expect.stringMatching(why) };
      expect(await jobOf(organization.key, data?.contactImport.job?.id ?? "")).toMatchObject(ended);
      expect(await bulkJobOf(organization.key, job?.id ?? "")).toMatchObject(ended);
      expect(await exportOf(organization.key, exporting.job?.id ?? "")).toMatchObject(ended);
      expect(await latestSearch(organization.key)).toMatchObject({ state: "FAILED" });
      const { data: after } = await sendText(
        organization.key,
        `{ all: contacts { totalCount } changed: contacts(filter: { source: { eq: "Fair" } }) { totalCount } }`,
      );
      expect(after).toEqual({ all: { totalCount: 600 }, changed: { totalCount: 0 } });
    },
  );

  test("is seen as the member is now: a bulk change of one who was restricted reaches what is theirs", async () => {
    const member = await organization.member();
    await plantMany(organization, 600);
    await organization.contact({ name: "Own", company: "Planted Ltd", ownerId: member.id });
    const args = { filter: { company: { eq: "planted ltd" } }, input: { source: "Fair" } };
    const { planToken } = await planned(member.key, "contactsBulkUpdate", args);
    const { job } = await bulk(member.key, "contactsBulkUpdate", { ...args, planToken });
    await update(organization.key, member.globalId, "dataScope: ASSIGNED");
    await runBulkJobs(organization);
    expect(await bulkJobOf(organization.key, job?.id ?? "")).toMatchObject({
      state: "DONE",
      changed: 1,
      skipped: 600,
    });
  });

  test("is not answered again for its idempotency key once its member may not see the answer", async () => {
    const member = await organization.member();
    const field = `contactCreate(input: { name: "R", email: "r@example.com" }, idempotencyKey: "mine")`;
    await mutate(member.key, field, "contact { id }");
    await update(organization.key, member.globalId, "dataScope: ASSIGNED");
    const restricted = await mutate<{ contact: null }>(member.key, field, "contact { id }");
    expect(restricted).toMatchObject({
      contact: null,
      errors: [{ code: "NOT_FOUND", path: ["idempotencyKey"] }],
    });
    await update(organization.key, member.globalId, "role: READ_ONLY");
    const reader = await sendText(member.key, `mutation { ${field} { contact { id } } }`);
    expect(reader.errors[0]?.extensions.code).toBe("INSUFFICIENT_SCOPE");
    await remove(organization.key, member.globalId);
    expect((await sendText(member.key, `mutation { ${field} { contact { id } } }`)).status).toBe(401);
  });
});
