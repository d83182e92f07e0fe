/** Finding out that a text is UTF-16. Pure. */

/** Bytes that are looked at. */
const SAMPLE = 65_536;

type Utf16 = "utf-16le" | "utf-16be";

/**
 * Whether a file is UTF-16: by its byte order mark, or because it is a text as that, with lines or mostly of ASCII.
 *
 * @param head its first bytes
 */
export function utf16Of(head: Buffer): Utf16 | null {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const sample = head.subarray(0, SAMPLE);
  // No other text has any.
  if (!sample.includes(0)) return null;
  const little = asciiIn(sample, "utf-16le");
  const big = asciiIn(sample, "utf-16be");
  if (little === 0 && big === 0) return null;
  return little >= big ? "utf-16le" : "utf-16be";
}

/** What no text has: controls, what is no character, and what belongs to nobody. */
const noText = /[^\P{C}\t\r\n\p{Cf}]/gu;
const ascii = /[\t\r\n -~]/g;

/** One character in so many may be broken; so many are ASCII in a list of whatever language. */
const BROKEN = 100;
const SEPARATORS = 10;

/** How many characters are ASCII when bytes are read so; none when they are then no text. */
function asciiIn(bytes: Buffer, encoding: Utf16): number {
  const text = new TextDecoder(encoding).decode(bytes, { stream: true });
  const found = text.match(ascii)?.length ?? 0;
  const broken = (text.match(noText)?.length ?? 0) + (text.match(/\ufffd/g)?.length ?? 0);
  if (broken * BROKEN > text.length) return 0;
  return found * 2 > text.length || (/[\r\n]/.test(text) && found * SEPARATORS >= text.length) ? found : 0;
}
