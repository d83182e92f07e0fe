import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { decodeId, encodeId } from "../db/ids.ts";
import type { OrganizationMode } from "../generated/prisma/enums.ts";
import { newId } from "../lib/typeid.ts";

/**
 * API keys: `sk_live_` or `sk_test_`, 26 characters of the key id, 40 of a random secret and 8 of a checksum, all in
 * lower case. The checksum detects a mistyped key without a query; the id finds the row. Only the SHA-256 of the
 * whole key is stored; a secret of 160 random bits needs no slow hash.
 */
const form = /^sk_(live|test)_([0-7][0-9a-hjkmnp-tv-z]{25})([0-9a-f]{40})([0-9a-f]{8})$/;

const idPrefix = "api_key_";
const checksum = (body: string): string => crc32(body).toString(16).padStart(8, "0");

export interface NewKey {
  readonly id: string;
  /** The key itself: shown once, never stored. */
  readonly key: string;
  /** SHA-256 of the key. */
  readonly hash: Uint8Array<ArrayBuffer>;
  /** First characters of the key, by which people recognize it. */
  readonly prefix: string;
}

/** Creates a key for an organization of this mode. */
export function createKey(mode: OrganizationMode): NewKey {
  const id = newId();
  const body = `sk_${mode.toLowerCase()}_${encodeId("ApiKey", id).slice(idPrefix.length)}${randomBytes(20).toString("hex")}`;
  const key = body + checksum(body);
  return {
    id,
    key,
    hash: new Uint8Array(createHash("sha256").update(key).digest()),
    prefix: body.slice(0, 18),
  };
}

/** @returns the parts of a key, or null when its form or checksum is wrong */
export function parseKey(text: string): { readonly id: string; readonly mode: OrganizationMode } | null {
  const [, mode, suffix, , sum] = form.exec(text) ?? [];
  if (sum === undefined || checksum(text.slice(0, -sum.length)) !== sum) return null;
  const decoded = decodeId(idPrefix + suffix);
  return decoded && { id: decoded.uuid, mode: mode === "live" ? "LIVE" : "TEST" };
}
