import { TypeID } from "typeid-js";
import { V7Generator } from "uuidv7";

/** Random numbers that are drawn at once: drawing the few of one key takes longer than all else of it. */
const drawn = new Uint32Array(1_024);
let used = drawn.length;

const keys = new V7Generator({
  nextUint32() {
    if (used === drawn.length) {
      crypto.getRandomValues(drawn);
      used = 0;
    }
    used += 1;
    return drawn[used - 1] as number;
  },
});

/** A new row's key: a UUIDv7, so that keys sort by time of creation. */
export const newId = (): string => keys.generate().toString();

/** When a row's key was made, to the millisecond. */
export const momentOf = (id: string): Date => new Date(Number.parseInt(id.replace("-", "").slice(0, 12), 16));

/** The smallest key that can be made at a moment. */
export function leastIdAt(moment: Date): string {
  const hex = Math.max(0, moment.getTime()).toString(16).padStart(12, "0").slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

const digits = Buffer.from("0123456789abcdefghjkmnpqrstvwxyz");
/** Value of each hexadecimal digit, by its character code; 0 for other characters. */
const worth = new Uint8Array(128);
for (const [value, digit] of [..."0123456789abcdef"].entries()) worth[digit.charCodeAt(0)] = value;
const DASH = 45;
const suffix = Buffer.alloc(26);

/**
 * A UUID as TypeIDs write it after their prefix: two zero bits, then five bits per character. Done by hand in a buffer,
 * because a page has hundreds of ids: this takes a fifth of the time of joining texts, and the library takes longer.
 */
export function suffixOf(uuid: string): string {
  let bits = 0;
  let count = 2;
  let to = 0;
  for (let at = 0; at < 36; at += 1) {
    const code = uuid.charCodeAt(at);
    if (code === DASH) continue;
    bits = ((bits << 4) | (worth[code] ?? 0)) & 511;
    count += 4;
    if (count < 5) continue;
    count -= 5;
    suffix[to] = digits[(bits >> count) & 31] ?? 0;
    to += 1;
  }
  return suffix.toString("latin1");
}

/**
 * Reads a TypeID.
 *
 * @returns its UUID, or null if the text is not a TypeID
 */
export function uuidOf(typeId: string): string | null {
  try {
    return TypeID.fromString(typeId).toUUID();
  } catch {
    return null;
  }
}
