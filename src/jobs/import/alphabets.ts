/** Non-ASCII letters of the languages that 8-bit encodings are made for, to detect encodings. Pure. */

interface Alphabet {
  /** In lower case. */
  readonly letters: string;
  /** What words of the language never contain. */
  readonly never?: RegExp;
}

const alphabets = {
  de: { letters: "äöüß" },
  fr: { letters: "àâæçèéêëîïôœùûüÿ" },
  es: { letters: "áéíñóúü", never: /ñ(?![aeiouáéíóú])/ },
  ca: { letters: "àçèéíïòóúü" },
  it: { letters: "àèéìíîòóùú" },
  pt: { letters: "áàâãçéêíóôõú", never: /õ(?!e)|ã(?![oens]|$)/ },
  nl: { letters: "áèéêëïóöü" },
  sv: { letters: "åäöéàü" },
  da: { letters: "åæøéöü", never: /[aeiouy]æ/ },
  is: { letters: "áéíóúýðþæö", never: /^ð|þ(?![aáeéiíoóuúyýöæjrv])|[aáeéiíoóuúyöæ].*ý/ },
  pl: { letters: "ąćęłńóśźż" },
  cs: { letters: "áčďéěíňóřšťúůýž" },
  sk: { letters: "áäčďéíĺľňóôŕšťúýž" },
  hu: { letters: "áéíóöőúüű" },
  hr: { letters: "čćđšž" },
  ro: { letters: "ăâîşţ" },
  tr: { letters: "çğışöüâîû", never: /^ğ/ },
  lt: { letters: "ąčęėįšųūž" },
  lv: { letters: "āčēģīķļņšūž" },
  et: { letters: "äõöüšž" },
  ru: { letters: "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", never: /^[ъьы]/ },
  uk: { letters: "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", never: /^ь/ },
  be: { letters: "абвгдеёжзійклмнопрстуўфхцчшыьэюя", never: /^[ьы]/ },
  sr: { letters: "абвгдђежзијклљмнњопрстћуфхцчџш" },
  el: { letters: "αβγδεζηθικλμνξοπρςστυφχψωάέήίόύώϊϋΐΰ" },
} as const satisfies Record<string, Alphabet>;

export type Language = keyof typeof alphabets;

/** A bit mask of the languages that a word may belong to. */
export type Languages = number;

const names = Object.keys(alphabets) as Language[];

export const bitOf = (language: Language): Languages => 1 << names.indexOf(language);

/** The languages that use a letter, by the lower-case letter. */
const byLetter = new Map<string, Languages>();
for (const name of names) {
  for (const letter of alphabets[name].letters) {
    byLetter.set(letter, (byLetter.get(letter) ?? 0) | bitOf(name));
  }
}

const patterns = names.flatMap((name) => {
  const { never }: Alphabet = alphabets[name];
  return never === undefined ? [] : [{ bit: bitOf(name), never }];
});

/**
 * The languages that a word may belong to, by its non-ASCII letters.
 *
 * @param word in lower case
 */
export function languagesOf(word: string): Languages {
  let languages = -1;
  for (const letter of word) {
    if (letter > "\x7f") languages &= byLetter.get(letter) ?? 0;
  }
  for (const { bit, never } of patterns) {
    if ((languages & bit) !== 0 && never.test(word)) languages &= ~bit;
  }
  return languages;
}
