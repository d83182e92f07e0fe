import { z } from "zod";
import { emailKey } from "../lib/email.ts";
import type { RefusalCode } from "../lib/error-codes.ts";
import { type Refusal, RefusalError, refusal } from "../lib/errors.ts";
import { lineProblem } from "../lib/exact.ts";
import { isBlank } from "../lib/fold.ts";
import { invisibleInAddress, withoutInvisibleEnds } from "../lib/invisible.ts";
import { urlProblem } from "../lib/url.ts";

/** Checks for inputs of several kinds of records. Absent values stay absent; blank text counts as null. */

/** A zod error with our own refusal code. */
export const rule = (code: RefusalCode, message: string) => ({ error: message, params: { code } });

/** A text without invisible characters at its ends. */
export const seen = (error?: Parameters<typeof z.string>[0]) =>
  z.string(error).overwrite(withoutInvisibleEnds);

/** Text of one line, without line breaks and other control characters. */
const line = (limit: number) =>
  seen(rule("REQUIRED", "is required"))
    .max(limit, `must not be longer than ${limit} characters`)
    .superRefine((value, context) => {
      const problem = lineProblem(value);
      if (problem) context.addIssue({ code: "custom", message: problem, params: { code: "INVALID_VALUE" } });
    });

const orNull = (value: string): string | null => (isBlank(value) ? null : value);

/** An optional line of at most `limit` characters. */
export const text = (limit: number) => line(limit).transform(orNull).nullish();

/** Optional text of any number of lines, at most `limit` characters altogether. */
export const longText = (limit: number) =>
  seen().max(limit, `must not be longer than ${limit} characters`).transform(orNull).nullish();

/** One line that must not be blank. */
export const requiredText = (limit: number) =>
  line(limit)
    .refine((value) => !isBlank(value), rule("REQUIRED", "must not be blank"))
    .transform((value) => value.trim());

export const email = seen()
  .transform((value) => (isBlank(value) ? null : value))
  .superRefine((value, context) => {
    if (value === null || emailKey(value) !== null) return;
    const unseen = invisibleInAddress(value);
    const message =
      unseen === null
        ? "is not an e-mail address"
        : `is not an e-mail address: it has a character that cannot be seen, ${unseen}`;
    context.addIssue({ code: "custom", message, params: { code: "INVALID_EMAIL" } });
  })
  .transform((value) => value?.trim() ?? null)
  .nullish();

export const url = text(2000).superRefine((value, context) => {
  const message = value == null ? null : urlProblem(value);
  if (message !== null) context.addIssue({ code: "custom", message, params: { code: "INVALID_URL" } });
});

export const flag = z.boolean(rule("REQUIRED", "must be true or false, not null")).optional();

/** Tags by name or id. */
export const tagList = z.array(line(100)).max(100, "must not have more than 100 items");

/** How an update changes a record's tags. */
export const tagChange = z
  .object({ set: tagList.nullish(), add: tagList.nullish(), remove: tagList.nullish() })
  .refine(
    ({ set, add, remove }) => set == null || (add == null && remove == null),
    rule("INVALID_VALUE", "takes either set, or add and remove"),
  )
  .nullish();

export const customFieldValues = z
  .array(z.object({ slug: seen(), value: z.unknown().optional() }))
  .max(1000)
  .nullish();

const zodCodes: Partial<Record<string, RefusalCode>> = { too_big: "TOO_LONG", too_small: "INVALID_VALUE" };

/** Converts zod's issues to refusals. */
const zodRefusals = (error: z.ZodError, root: readonly string[]): Refusal[] =>
  error.issues.map((issue) => {
    const { code } = (issue.code === "custom" ? (issue.params ?? {}) : {}) as { code?: RefusalCode };
    const path = [...root, ...issue.path.map(String)];
    const words = [issue.path.join("."), issue.message].filter((part) => part !== "").join(" ");
    return refusal(code ?? zodCodes[issue.code] ?? "INVALID_VALUE", path, words);
  });

/**
 * Checks an input.
 *
 * @param root position of the input in the arguments
 * @throws RefusalError with everything that is wrong with it
 */
export function readInput<Schema extends z.ZodType>(
  schema: Schema,
  raw: unknown,
  root: readonly string[] = ["input"],
): z.infer<Schema> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new RefusalError(zodRefusals(parsed.error, root));
}
