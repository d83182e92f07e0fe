import { decoderOf, type Encoding } from "../../src/lib/decoders.ts";

/** Writes texts in encodings that Node.js can only read: the bytes of a character are those that decode to it. */

const tables = new Map<Encoding, ReadonlyMap<string, Buffer>>();

function tableOf(encoding: Encoding): ReadonlyMap<string, Buffer> {
  const known = tables.get(encoding);
  if (known) return known;
  const table = new Map<string, Buffer>();
  const add = (bytes: Buffer) => {
    const text = `${decoderOf(encoding).decode(bytes)}`;
    if ([...text].length === 1 && text !== "\ufffd" && !table.has(text)) table.set(text, bytes);
  };
  for (let one = 0; one < 256; one += 1) add(Buffer.from([one]));
  if (!table.has("é") && !table.has("И") && !table.has("λ")) {
    for (let one = 0x81; one < 0xff; one += 1) {
      for (let two = 0x40; two < 0xff; two += 1) add(Buffer.from([one, two]));
    }
  }
  tables.set(encoding, table);
  return table;
}

/** @throws Error if the encoding lacks one of the characters */
export function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === "utf-8") return Buffer.from(text);
  if (encoding === "utf-16le") return Buffer.from(text, "utf16le");
  if (encoding === "utf-16be") return Buffer.from(text, "utf16le").swap16();
  const table = tableOf(encoding);
  return Buffer.concat(
    [...text].map((character) => {
      const bytes = table.get(character);
      if (!bytes) throw new Error(`${encoding} has no ${character}`);
      return bytes;
    }),
  );
}
