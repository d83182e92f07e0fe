import { RequestError } from "./errors.ts";
import { JsonText } from "./json-text.ts";

/** Bytes of the largest answer, and of the largest result of one statement. */
export const MAX_ANSWER = 64 * 1024 * 1024;

export const answerTooLarge = (): RequestError =>
  new RequestError(
    "ANSWER_TOO_LARGE",
    `The answer would be larger than ${MAX_ANSWER / 1024 / 1024} MB. Ask for fewer records, or for fewer fields.`,
    { status: 400 },
  );

/**
 * Whether a value, written as JSON, is larger than an answer may be. For nearly all values, the lengths of their texts
 * already show that they are smaller.
 */
export const exceedsAnswer = (value: unknown): boolean =>
  new Size(atMost).exceeds(value) && new Size(exactly).exceeds(value);

interface Measure {
  /** Bytes of a text in JSON. */
  text(text: string): number;
  /** Bytes of JSON. */
  json(json: string): number;
}

/** A character takes at most six bytes in JSON, the escape of a control character; of JSON, three in UTF-8. */
const atMost: Measure = { text: ({ length }) => length * 6, json: ({ length }) => length * 3 };
const exactly: Measure = {
  text: (text) => Buffer.byteLength(JSON.stringify(text)),
  json: (json) => Buffer.byteLength(json),
};

class Size {
  #bytes = 0;
  readonly #measure: Measure;

  constructor(measure: Measure) {
    this.#measure = measure;
  }

  exceeds(value: unknown): boolean {
    this.#bytes += 8;
    if (typeof value === "string") this.#bytes += this.#measure.text(value);
    else if (value instanceof JsonText) this.#bytes += this.#measure.json(value.text);
    else if (Array.isArray(value)) {
      for (const item of value) if (this.exceeds(item)) return true;
    } else if (typeof value === "object" && value !== null) {
      for (const key in value) {
        this.#bytes += key.length;
        if (this.exceeds((value as Record<string, unknown>)[key])) return true;
      }
    }
    return this.#bytes > MAX_ANSWER;
  }
}
