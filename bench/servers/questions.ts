import { RENEWAL_START } from "../filters/people.ts";

/** The filters of the workloads c and f: an OR of AND groups, in no server's words. */

export type Leaf =
  | { readonly kind: "tag"; readonly name: string }
  | { readonly kind: "option"; readonly slug: string; readonly value: string }
  | { readonly kind: "flag"; readonly slug: string; readonly value: boolean }
  | { readonly kind: "above"; readonly slug: string; readonly value: number }
  | { readonly kind: "days"; readonly slug: string; readonly from: string; readonly to: string }
  | { readonly kind: "words"; readonly slug: string; readonly text: string }
  | { readonly kind: "text"; readonly field: "company" | "email"; readonly text: string }
  | { readonly kind: "source"; readonly value: string }
  | { readonly kind: "since"; readonly at: string };

export type Groups = readonly (readonly Leaf[])[];

const day = (after: number) => new Date(RENEWAL_START + after * 86_400_000).toISOString().slice(0, 10);

const focus: Leaf = { kind: "tag", name: "focus" };
const unicorn: Leaf = { kind: "tag", name: "unicorn" };
const technology: Leaf = { kind: "option", slug: "industry", value: "Technology" };
const finance: Leaf = { kind: "option", slug: "industry", value: "Finance" };
const keyAccount: Leaf = { kind: "flag", slug: "key_account", value: true };
const highScore: Leaf = { kind: "above", slug: "score", value: 9980 };
const renewing: Leaf = { kind: "days", slug: "renewal_on", from: day(400), to: day(403) };
const quokka: Leaf = { kind: "words", slug: "slogan", text: "quokka" };
const company = (text: string): Leaf => ({ kind: "text", field: "company", text });
const email = (text: string): Leaf => ({ kind: "text", field: "email", text });
const source = (value: string): Leaf => ({ kind: "source", value });
const thisYear: Leaf = { kind: "since", at: "2026-01-01T00:00:00Z" };

/** The smart list of the README: about 270 contacts, as in the demo. */
export const smartList: Groups = [
  [focus, technology],
  [thisYear, company("corp004")],
];

/** Sixteen shapes, of which each finds at most 1 % of a large organization. */
export const shapes: readonly Groups[] = [
  [[focus]],
  [[focus, technology]],
  [[highScore]],
  [[renewing]],
  [[focus, technology], [renewing]],
  [[source("Referral"), renewing], [highScore]],
  [[company("corp012")]],
  [[email("@corp0123.")]],
  [[company("corp0123")], [focus]],
  [[focus, source("Website")], [highScore], [email("@corp0123."), finance]],
  [[focus, thisYear]],
  [[company("corp01"), thisYear, source("Website")]],
  [[highScore, keyAccount]],
  [
    [focus, keyAccount],
    [highScore, company("corp0")],
  ],
  [[unicorn], [renewing, finance]],
  [[quokka]],
];

/** A filter whose comparisons are all objects: some have to stay apart that name one field twice. */
export const allOf = <Part>(parts: readonly Part[]) => (parts.length === 1 ? parts[0] : { and: parts });
export const anyOf = <Part>(parts: readonly Part[]) => (parts.length === 1 ? parts[0] : { or: parts });
