import { z } from "zod";
import { isSecureUrl } from "./url.ts";

/** Checks of values in environment variables, with messages that say what is valid. */

/** A whole number within bounds. */
export const wholeNumber = (low: number, high: number, fallback: number) =>
  z
    .string()
    .optional()
    .transform((text, context) => {
      if (text === undefined) return fallback;
      const value = Number(text);
      if (/^\d+$/.test(text) && value >= low && value <= high) return value;
      context.addIssue({ code: "custom", message: `must be a whole number from ${low} to ${high}` });
      return z.NEVER;
    });

/** Origins, separated by commas. */
export const origins = z.string().transform((text, context) => {
  const list = text.split(",").map((origin) => origin.trim());
  for (const origin of list) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      context.addIssue({
        code: "custom",
        message: "must be origins such as https://app.example.com, separated by commas",
      });
    }
  }
  return list;
});

/** An https URL, or http on this machine. */
export const secureUrl = z
  .string()
  .refine(isSecureUrl, "must be an https address such as https://login.example.com, or http on this machine");

/** An http or https URL. */
export const webUrl = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    "must be an address such as http://127.0.0.1:4318",
  );

/** The URL of a Redis. */
export const redisUrl = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol),
    "must be an address such as redis://127.0.0.1:6379, or rediss:// for TLS",
  );
