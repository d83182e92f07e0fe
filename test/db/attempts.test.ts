import { expect, test } from "vitest";
import { scopedDb } from "../../src/db/scope/scoped.ts";
import { ConcurrentChange } from "../../src/db/write/locks.ts";
import type { Caller, Warning } from "../../src/graphql/context.ts";
import { write } from "../../src/records/write/write.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** A write may run more than once before it is committed: what it says is said of the attempt that was. */

test("a write that began anew warns of what its last attempt found, after what was warned of before", async () => {
  const organization = await Organization.make();
  const { id: memberId } = await organization.member();
  const principal = {
    orgId: organization.id,
    memberId,
    dataScope: "ALL",
  } as const;
  const warning = (message: string): Warning => ({ code: "WISH_KEPT", message, path: [] });
  const caller: Caller = {
    db: scopedDb(await testDatabase(), principal),
    viewer: {
      memberId,
      role: "OWNER",
      dataScope: "ALL",
      scopes: new Set(),
      credentialId: memberId,
      apiKeyId: null,
      source: "API",
    },
    now: new Date(),
    warnings: [warning("of an earlier mutation")],
    progress: { writes: 0 },
    origin: { requestId: null, address: null, job: null, operator: false },
  };
  let attempts = 0;
  const answer = await write(caller, async (writer) => {
    attempts += 1;
    writer.warn(warning(`attempt ${attempts}`));
    if (attempts < 3) throw new ConcurrentChange("another write came in between");
    return attempts;
  });
  expect(answer).toBe(3);
  expect(caller.warnings.map(({ message }) => message)).toEqual(["of an earlier mutation", "attempt 3"]);
  expect(caller.progress.writes).toBe(1);
  const refused = write(caller, async (writer) => {
    writer.warn(warning("of what was not written"));
    throw new Error("no");
  });
  await expect(refused).rejects.toThrow("no");
  expect(caller.warnings).toHaveLength(2);
});
