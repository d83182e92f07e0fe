import {
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from "graphql";
import type { Cast } from "./cast.ts";
import { marksIn } from "./marks.ts";
import { type Choice, idChoices, namedBy, type Place } from "./names.ts";
import { textChoices } from "./texts.ts";

/** Values for each input type, by a table of types. A type without an entry fails. */

const say = (kind: string, value: unknown): Choice => ({ kind, value });

/** Numbers and days that are marks of the caller's own row, a hidden row, or a row of another organization. */
const numbersOf = (cast: Cast): Choice[] =>
  (["own", "hidden", "foreign"] as const).flatMap((part) => {
    const row = cast.rows[part].Deal ?? cast.rows[part].Contact;
    const number = [...marksIn(JSON.stringify(row ?? {}))].find((mark) => /^173\d{7}$/.test(mark));
    return number === undefined ? [] : [say(part, Number(number))];
  });

const daysOf = (cast: Cast): Choice[] =>
  (["own", "hidden", "foreign"] as const).flatMap((part) => {
    const at = cast.rows[part].Contact?.created_at;
    return typeof at === "string" ? [say(part, at.slice(0, 10))] : [];
  });

/** The values of each scalar. */
const scalars: Readonly<Record<string, (place: Place, cast: Cast) => Choice[]>> = {
  ID: idChoices,
  String: textChoices,
  Boolean: () => [say("true", true), say("false", false)],
  Int: (_place, cast) => [say("one", 1), say("zero", 0), say("negative", -1), ...numbersOf(cast)],
  Float: () => [say("half", 0.5)],
  Decimal: (_place, cast) => [
    say("plain", "10.50"),
    ...numbersOf(cast).map(({ kind, value }) => say(kind, String(value))),
  ],
  Date: (_place, cast) => [say("plain", "2024-02-29"), ...daysOf(cast)],
  DateTime: (_place, cast) => [
    say("plain", "2030-01-01T00:00:00Z"),
    ...daysOf(cast).map(({ kind, value }) => say(kind, `${value}T00:00:00Z`)),
  ],
  Duration: () => [say("plain", "P30D")],
  JSON: textChoices,
  TimeZone: () => [say("plain", "Europe/Paris"), say("unknown", "Mars/Base")],
  CountryCode: () => [say("plain", "DE"), say("unknown", "XX")],
  Currency: () => [say("plain", "EUR"), say("unknown", "XXX")],
  URL: (place, cast) => textChoices(place, cast),
  EmailAddress: (place, cast) => textChoices(place, cast),
  PhoneNumber: (place, cast) => textChoices(place, cast),
  // Files need a multipart request: `Operations.files` sends them.
  Upload: () => [say("none", null)],
};

/** Whether an input type has fields for ids or names of records: such types are tested wherever they occur. */
const holdsIds = (type: GraphQLInputObjectType): boolean =>
  type.name === "TagFilter" ||
  Object.values(type.getFields()).some(({ type: inner }) => String(inner).replace(/[[\]!]/g, "") === "ID");

/** Fields without which an input is meaningless or refused, by its type. */
const companions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  DurationInput: { amount: 1, unit: "DAY" },
  ContactOrder: { field: "NAME" },
  LeadOrder: { field: "NAME" },
  DealOrder: { field: "NAME" },
  CustomFieldFilter: { slug: "words", text: { isEmpty: false } },
  MoneyInput: { amount: "10.00", currency: "EUR" },
  SmartListConditionInput: { field: "name", op: "NE", value: "x" },
  CustomFieldValueInput: { slug: "words", value: "x" },
  ContactExportColumnInput: { field: "NAME" },
  LeadExportColumnInput: { field: "NAME" },
  ContactFieldChoiceInput: { field: "COMPANY" },
  ImportColumnInput: { column: "name", field: "NAME" },
};

/** Input types of which only one field is set at a time. */
const exclusive = new Set([
  "ContactOrder",
  "LeadOrder",
  "ContactExportColumnInput",
  "LeadExportColumnInput",
  "ContactFieldChoiceInput",
  "ImportColumnInput",
]);

/** Maximum depth of nested inputs. */
const DEPTH = 7;

export class Values {
  /** Input types that were tested already. */
  readonly #done = new Set<string>();
  constructor(
    readonly cast: Cast,
    /** Whether to test every input type wherever it occurs. */
    private readonly everywhere: boolean,
  ) {}

  /** One valid value. */
  base(type: GraphQLInputType, place: Place): unknown {
    if (isNonNullType(type)) return this.base(type.ofType, place);
    if (isListType(type)) return [this.base(type.ofType, place)];
    if (isInputObjectType(type)) return this.#baseInput(type, place);
    return this.#leaf(type, place)[0]?.value;
  }

  #baseInput(type: GraphQLInputObjectType, place: Place): Record<string, unknown> {
    const input: Record<string, unknown> = { ...companions[type.name] };
    for (const { name, type: inner, defaultValue } of Object.values(type.getFields()))
      if (isNonNullType(inner) && defaultValue === undefined && !(name in input))
        input[name] = this.base(inner, [...place, name]);
    return input;
  }

  /** All values of a type at a place; they differ from the valid value in one point each. */
  *choices(type: GraphQLInputType, place: Place): Generator<Choice> {
    if (isNonNullType(type)) {
      yield* this.choices(type.ofType, place);
      return;
    }
    if (isListType(type)) yield* this.#lists(type.ofType, place);
    else if (isInputObjectType(type)) yield* this.#inputs(type, place);
    else yield* this.#leaf(type, place);
  }

  *#lists(type: GraphQLInputType, place: Place): Generator<Choice> {
    const all: Choice[] = [];
    for (const choice of this.choices(type, place)) {
      all.push(choice);
      yield {
        ...choice,
        value: [choice.value],
        ...(choice.absent !== undefined && { absent: [choice.absent] }),
      };
    }
    const [own] = all;
    const other = all.find(({ kind }) => kind === "foreign");
    if (own && other && isLeafType(isNonNullType(type) ? type.ofType : type))
      yield { ...say("mixed", [own.value, other.value]), absent: [own.value, other.absent ?? other.value] };
    yield say("empty", []);
  }

  *#inputs(type: GraphQLInputObjectType, place: Place): Generator<Choice> {
    const key = holdsIds(type) && !this.everywhere ? `${type.name} ${place.slice(-2).join(".")}` : type.name;
    const done = this.everywhere
      ? place.filter((name) => name === place.at(-1)).length > 2
      : this.#done.has(key);
    if (done || place.length > DEPTH) {
      yield say("plain", this.#some(type, place));
      return;
    }
    this.#done.add(key);
    for (const field of Object.values(type.getFields())) yield* this.#field(type, field, place);
  }

  *#field(type: GraphQLInputObjectType, field: GraphQLInputField, place: Place): Generator<Choice> {
    const here = [...place, field.name];
    for (const choice of this.choices(field.type, here)) {
      const of = (value: unknown) => {
        if (type.isOneOf) return { [field.name]: value };
        const rest =
          exclusive.has(type.name) && !isNonNullType(field.type)
            ? this.#required(type, place)
            : this.#baseInput(type, place);
        return { ...rest, [field.name]: value };
      };
      yield {
        ...choice,
        kind: `${field.name} ${choice.kind}`,
        at: [...(choice.at ?? []), `${type.name}.${field.name}`],
        value: of(choice.value),
        ...(choice.absent !== undefined && { absent: of(choice.absent) }),
      };
    }
  }

  #required(type: GraphQLInputObjectType, place: Place): Record<string, unknown> {
    const fields = Object.values(type.getFields()).filter(({ type: inner }) => isNonNullType(inner));
    return Object.fromEntries(
      fields.map(({ name, type: inner }) => [name, this.base(inner, [...place, name])]),
    );
  }

  /** An input with at least one field. */
  #some(type: GraphQLInputObjectType, place: Place): Record<string, unknown> {
    const input = this.#baseInput(type, place);
    if (Object.keys(input).length > 0) return input;
    const leaf = Object.values(type.getFields()).find(({ type: inner }) =>
      isLeafType(isNonNullType(inner) ? inner.ofType : inner),
    );
    return leaf ? { [leaf.name]: this.base(leaf.type, [...place, leaf.name]) } : {};
  }

  /** @throws Error for a type that has no generator */
  #leaf(type: GraphQLLeafType, place: Place): Choice[] {
    if (isEnumType(type)) return type.getValues().map(({ name }) => say(name, name));
    const make = scalars[type.name];
    if (!make)
      throw new Error(
        `${place.join(".")}: there is no generator for ${type.name}: add one to test/tenancy/values.ts`,
      );
    const choices = make(place, this.cast);
    if (type.name === "ID" && choices.length === 0) throw new Error(`no ids of ${namedBy(place)}`);
    return choices;
  }
}
