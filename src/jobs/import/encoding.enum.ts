import { builder } from "../../graphql/builder.ts";
import type { Encoding } from "../../lib/decoders.ts";

/** The encodings of files, for GraphQL. */

const names = {
  UTF_8: { value: "utf-8", description: "UTF-8, with or without a byte order mark." },
  UTF_16LE: { value: "utf-16le", description: "UTF-16, little-endian." },
  UTF_16BE: { value: "utf-16be", description: "UTF-16, big-endian." },
  WINDOWS_1252: {
    value: "windows-1252",
    description: "Windows-1252, as Excel writes CSV in Western Europe; ISO 8859-1 is a part of it.",
  },
  WINDOWS_1250: {
    value: "windows-1250",
    description: "Windows-1250, as Excel writes CSV in Central Europe.",
  },
  WINDOWS_1251: { value: "windows-1251", description: "Windows-1251, for Cyrillic letters." },
  WINDOWS_1253: { value: "windows-1253", description: "Windows-1253, for Greek letters." },
  WINDOWS_1254: { value: "windows-1254", description: "Windows-1254, for Turkish." },
  WINDOWS_1257: { value: "windows-1257", description: "Windows-1257, for the Baltic languages." },
  ISO_8859_2: { value: "iso-8859-2", description: "ISO 8859-2 (Latin-2), for Central Europe." },
  ISO_8859_15: { value: "iso-8859-15", description: "ISO 8859-15 (Latin-9), for Western Europe." },
  MACINTOSH: { value: "macintosh", description: "Mac OS Roman, as Excel for Mac writes CSV." },
  MAC_CYRILLIC: { value: "x-mac-cyrillic", description: "Mac OS Cyrillic." },
  KOI8_R: { value: "koi8-r", description: "KOI8-R, for Russian." },
  KOI8_U: { value: "koi8-u", description: "KOI8-U, for Ukrainian." },
  IBM866: { value: "ibm866", description: "Code page 866, Cyrillic letters of DOS." },
  SHIFT_JIS: { value: "shift_jis", description: "Shift_JIS, as Excel writes CSV in Japan." },
  EUC_JP: { value: "euc-jp", description: "EUC-JP, for Japanese." },
  EUC_KR: { value: "euc-kr", description: "EUC-KR, as Excel writes CSV in Korea." },
  GB18030: { value: "gb18030", description: "GB 18030, of which GBK and GB 2312 are parts." },
  BIG5: { value: "big5", description: "Big5, for traditional Chinese." },
} as const satisfies Record<string, { readonly value: Encoding; readonly description: string }>;

export const EncodingEnum = builder.enumType("ImportEncoding", {
  description: "Character encoding of a file.",
  values: names,
});
