import { JsonText } from "../../src/lib/json-text.ts";

/** Counts the texts, written by the database, that answers are made of while some work runs. */
export async function countingTexts<Answer>(
  work: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly texts: number }> {
  let texts = 0;
  const original = JsonText.prototype.toJSON;
  JsonText.prototype.toJSON = function (this: JsonText) {
    texts += 1;
    return original.call(this);
  };
  try {
    const answer = await work();
    return { answer, texts };
  } finally {
    JsonText.prototype.toJSON = original;
  }
}
