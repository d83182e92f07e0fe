import type { GenericOperator } from "../registry/operators.ts";
import type { Clock } from "./dates.ts";

/** The input of each filter form, and the filter environment in which it is read. */

/** Generic form: OR of groups, AND inside. */
export interface GenericQuery {
  readonly groups: readonly { readonly conditions: readonly GenericCondition[] }[];
}
export interface GenericCondition {
  readonly field: string;
  readonly op: GenericOperator;
  readonly value?: unknown;
}

/** Typed form, as GraphQL has checked it: `and`, `or`, `not`, and one comparator object a field. */
export type TypedFilter = Readonly<Record<string, unknown>>;

/** A smart list that a filter can name. */
export interface NamedList {
  readonly id: string;
  readonly name: string;
  readonly query: GenericQuery;
  readonly timeZone: string | null;
}

/** The filter environment: what a filter is read against, beside the fields. */
export interface FilterEnvironment {
  readonly clock: Clock;
  /** The country of phone numbers that are written without one: two letters of ISO 3166-1. */
  readonly country: string | null;
  /** Ids of the tags that exist, by folded name and by id. */
  readonly tagIds: ReadonlyMap<string, string>;
  /** Row ids of the members that exist, as far as the filter may name them. */
  readonly memberIds: ReadonlySet<string>;
  /** The organization's smart lists by row id, as far as the filter may name them. */
  readonly lists: ReadonlyMap<string, NamedList>;
  /** Whether the caller sees only what is assigned to them. */
  readonly restricted: boolean;
  /** Whether the filter is a stored list's: an unknown tag is then a problem; otherwise it just matches nothing. */
  readonly stored: boolean;
}
