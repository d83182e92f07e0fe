import { isUtf8 } from "node:buffer";

/** Decodes the bytes of files. Pure. */

/** Supported encodings, by their labels in the Encoding Standard. */
export const encodings = [
  "utf-8",
  "utf-16le",
  "utf-16be",
  "windows-1252",
  "windows-1250",
  "windows-1251",
  "windows-1253",
  "windows-1254",
  "windows-1257",
  "iso-8859-2",
  "iso-8859-15",
  "macintosh",
  "x-mac-cyrillic",
  "koi8-r",
  "koi8-u",
  "ibm866",
  "shift_jis",
  "euc-jp",
  "euc-kr",
  "gb18030",
  "big5",
] as const;
export type Encoding = (typeof encodings)[number];

/** How to decode the bytes of a file. */
export interface Written {
  readonly encoding: Encoding;
  /**
   * Whether the encoding was detected and is not a Unicode one: then lines in UTF-8 are decoded as UTF-8. An encoding
   * given by the caller applies to all lines.
   */
  readonly byLine?: boolean | undefined;
}

/** Decodes consecutive chunks of bytes. */
interface Decoder {
  /** @returns the text so far; without an argument, the rest */
  decode(bytes?: Uint8Array): string;
}

/** Characters of Windows-1252 where ISO 8859-1 has control characters; five bytes have none. */
const WINDOWS_1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

/** A decoder whose invalid bytes become U+FFFD or a control character, which `cells.ts` detects. */
export function decoderOf(encoding: Encoding): Decoder {
  if (encoding !== "windows-1252") {
    const decoder = new TextDecoder(encoding);
    return { decode: (bytes) => decoder.decode(bytes, { stream: bytes !== undefined }) };
  }
  // TextDecoder of Node.js 20.19 decodes Windows-1252 as ISO 8859-1: https://github.com/nodejs/node/issues/56542
  return {
    decode: (bytes) =>
      bytes === undefined
        ? ""
        : bufferOf(bytes)
            .toString("latin1")
            .replace(/[\x80-\x9f]/g, (each) => WINDOWS_1252.charAt(each.charCodeAt(0) - 0x80)),
  };
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** The decoder of a file. */
export const fileDecoder = ({ encoding, byLine = false }: Written): Decoder =>
  byLine ? lineDecoder(encoding) : decoderOf(encoding);

/** Bytes after which an unfinished line is decoded; a longer line exceeds the record limit anyway. */
const MAX_LINE = 2_097_152;

/** Decodes lines in UTF-8 as UTF-8, and all others in one encoding. */
function lineDecoder(encoding: Encoding): Decoder {
  const decoder = decoderOf(encoding);
  let begun: Uint8Array[] = [];
  let size = 0;
  return {
    decode(bytes) {
      if (bytes === undefined) return decodeLines(Buffer.concat(begun), decoder) + decoder.decode();
      const end = Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR)) + 1;
      size += bytes.length;
      if (end === 0 && size < MAX_LINE) {
        begun.push(bytes);
        return "";
      }
      const lines = Buffer.concat([...begun, end === 0 ? bytes : bytes.subarray(0, end)]);
      begun = end === 0 ? [] : [bytes.subarray(end)];
      size = end === 0 ? 0 : bytes.length - end;
      return decodeLines(lines, decoder);
    },
  };
}

const LF = 0x0a;
const CR = 0x0d;

function decodeLines(bytes: Buffer, decoder: Decoder): string {
  let text = "";
  let from = 0;
  for (const { start, end } of linesBeyondAscii(bytes)) {
    const line = bytes.subarray(start, end);
    if (!isUtf8(line)) continue;
    text += decoder.decode(bytes.subarray(from, start)) + line.toString("utf8");
    from = end;
  }
  return text + decoder.decode(bytes.subarray(from));
}

/** The lines that are not pure ASCII, without their line endings. */
export function* linesBeyondAscii(
  bytes: Uint8Array,
): Generator<{ readonly start: number; readonly end: number }> {
  let start = 0;
  let plain = true;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80) plain = false;
    if (byte !== LF && byte !== CR) continue;
    if (!plain) yield { start, end: at };
    start = at + 1;
    plain = true;
  }
  if (!plain) yield { start, end: bytes.length };
}
