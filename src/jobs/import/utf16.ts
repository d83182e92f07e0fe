/** Detects UTF-16. Pure. */

/** Bytes that are examined. */
const SAMPLE = 65_536;

type Utf16 = "utf-16le" | "utf-16be";

/**
 * Whether a file is UTF-16: by its byte order mark, or because it is readable as UTF-16, with line breaks or mostly
 * ASCII.
 *
 * @param head first bytes of the file
 */
export function utf16Of(head: Buffer): Utf16 | null {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const sample = head.subarray(0, SAMPLE);
  // Other encodings of text have no zero bytes.
  if (!sample.includes(0)) return null;
  const little = asciiIn(sample, "utf-16le");
  const big = asciiIn(sample, "utf-16be");
  if (little === 0 && big === 0) return null;
  return little >= big ? "utf-16le" : "utf-16be";
}

/** Characters that text does not contain: controls, noncharacters, private use. */
const noText = /[^\P{C}\t\r\n\p{Cf}]/gu;
const ascii = /[\t\r\n -~]/g;

/** One in 100 characters may be invalid; one in this many is ASCII in a list in any language. */
const BROKEN = 100;
const SEPARATORS = 10;

/** Number of ASCII characters if the bytes are read in this encoding; 0 if that is not text. */
function asciiIn(bytes: Buffer, encoding: Utf16): number {
  const text = new TextDecoder(encoding).decode(bytes, { stream: true });
  const found = text.match(ascii)?.length ?? 0;
  const broken = (text.match(noText)?.length ?? 0) + (text.match(/\ufffd/g)?.length ?? 0);
  if (broken * BROKEN > text.length) return 0;
  return found * 2 > text.length || (/[\r\n]/.test(text) && found * SEPARATORS >= text.length) ? found : 0;
}
