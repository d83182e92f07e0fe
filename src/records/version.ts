import { RefusalError } from "../lib/errors.ts";

/** @throws RefusalError VERSION_CONFLICT if a record does not have the version that the caller expects */
export function checkVersion(
  { id, version }: { readonly id: string | null; readonly version: number },
  expected: number | null | undefined,
  type: "Contact" | "Lead" | "Deal" | "SmartList" | "Member" | "Organization",
  path: readonly string[] = ["expectedVersion"],
): void {
  if (expected == null || expected === version) return;
  const noun = type.replace(/(?!^)[A-Z]/g, " $&").toLowerCase();
  throw new RefusalError([
    {
      kind: "versionConflict",
      code: "VERSION_CONFLICT",
      path,
      message: `someone changed this ${noun}: its version is ${version}, you expected ${expected}`,
      type,
      currentId: id,
      currentVersion: version,
    },
  ]);
}
