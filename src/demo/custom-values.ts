import type { CustomValueJson } from "../filter/language/derive.ts";
import type { Definition } from "../filter/registry/fields.ts";
import { type Dice, day, iso } from "./dice.ts";
import * as words from "./words.ts";

/** Values for about two thirds of the custom fields. */
export function customValues(
  dice: Dice,
  definitions: readonly Definition[],
): Record<string, CustomValueJson> {
  const values: Record<string, CustomValueJson> = {};
  for (const { slug, type, options } of definitions) {
    if (!dice.chance(0.66)) continue;
    switch (type) {
      case "SELECT":
        values[slug] = dice.pick(options, 1.3);
        break;
      case "MULTI_SELECT": {
        const chosen = new Set(dice.some(options, 3));
        if (chosen.size > 0) values[slug] = options.filter((option) => chosen.has(option));
        break;
      }
      case "NUMBER":
        values[slug] = dice.whole(0, 500_000) / 4;
        break;
      case "BOOLEAN":
        values[slug] = dice.chance(0.5);
        break;
      case "DATE":
        values[slug] = day(dice.moment(20_000, 8_000));
        break;
      case "DATE_TIME":
        values[slug] = iso(dice.moment(300));
        break;
      case "URL":
        values[slug] = `https://portfolio.example/${dice.whole(1, 99_999)}`;
        break;
      case "TEXT":
        values[slug] = dice.pick(words.headlines);
        break;
    }
  }
  return values;
}
