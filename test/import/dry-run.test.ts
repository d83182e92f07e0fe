import { beforeEach, expect, test } from "vitest";
import { contactsOf, imported, type Job, jobOf, runImports, upload } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** A dry run of an import counts what the import itself would do. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

test.each(["SKIP", "UPDATE"])(
  "a dry run of many batches has the same result as the import: %s",
  async (mode) => {
    await organization.contact({ name: "There", email: "p3@example.com" });
    const rows = Array.from({ length: 1_500 }, (_, at) =>
      at % 3 === 0
        ? `P${at},p${at}@example.com,`
        : at % 3 === 1
          ? `Q${at},,+3361${1_000_000 + at}`
          : `,p${at},`,
    );
    // In the second batch: an address and a person of the first one, the address without its name.
    rows.push(",p0@example.com,", "Q1,,+33611000001", "P0,P0@example.com,", "New,new@example.com,");
    const file = `name,email,phone\n${rows.join("\n")}\n`;
    const counts = ({ created, updated, skipped, failed }: Job) => ({ created, updated, skipped, failed });
    const tried = counts(await imported(organization, file, { mode, dryRun: true }));
    expect(await contactsOf(key)).toHaveLength(1);
    const done = counts(await imported(organization, file, { mode }));
    expect(tried).toEqual(done);
  },
);

test("a dry run that another process resumes has the same result", async () => {
  const rows = Array.from({ length: 1_200 }, (_, at) => `P${at},p${at}@example.com`);
  rows.push("P0,p0@example.com", "Bad,nonsense");
  const { data } = await upload(key, `name,email\n${rows.join("\n")}\n`, { dryRun: true });
  const id = data?.contactImport.job?.id ?? "";
  let reached = 0;
  const onProgress = ({ done }: { done: number }) => {
    reached = done;
  };
  await runImports(organization, { onProgress, stopping: () => reached >= 1000 });
  expect(await jobOf(key, id)).toMatchObject({ state: "RUNNING", done: 1000 });
  await runImports(organization);
  expect(await jobOf(key, id)).toMatchObject({
    state: "DONE",
    done: 1202,
    created: 1200,
    skipped: 1,
    failed: 1,
  });
});
