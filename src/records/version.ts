import { RefusalError } from "../lib/errors.ts";

/** @throws RefusalError VERSION_CONFLICT when a record is not at the version that the caller expects */
export function checkVersion(
  { id, version }: { readonly id: string | null; readonly version: number },
  expected: number | null | undefined,
  type: "Contact" | "Lead" | "Deal" | "SmartList" | "Organization",
  path: readonly string[] = ["expectedVersion"],
): void {
  if (expected == null || expected === version) return;
  throw new RefusalError([
    {
      kind: "versionConflict",
      code: "VERSION_CONFLICT",
      path,
      message: `it is at version ${version}, not ${expected}`,
      type,
      currentId: id,
      currentVersion: version,
    },
  ]);
}
