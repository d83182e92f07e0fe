import type { GenericOperator } from "../registry/operators.ts";
import type { Clock } from "./dates.ts";

/** The inputs of both filter forms, and the environment in which a filter is read. */

/** Generic form: an OR of groups, each an AND of conditions. */
export interface GenericQuery {
  readonly groups: readonly { readonly conditions: readonly GenericCondition[] }[];
}
export interface GenericCondition {
  readonly field: string;
  readonly op: GenericOperator;
  readonly value?: unknown;
}

/** Typed form, validated by GraphQL: `and`, `or`, `not`, and a comparator object for each field. */
export type TypedFilter = Readonly<Record<string, unknown>>;

/** A smart list that a filter can name. */
export interface NamedList {
  readonly id: string;
  readonly name: string;
  readonly query: GenericQuery;
  readonly timeZone: string | null;
}

/** What is needed to read a filter, besides the fields. */
export interface FilterEnvironment {
  readonly clock: Clock;
  /** ISO 3166-1 alpha-2 code of the country assumed for phone numbers without a country code. */
  readonly country: string | null;
  /** Ids of the existing tags, by folded name and by id. */
  readonly tagIds: ReadonlyMap<string, string>;
  /** Row ids of the existing members that the filter may name. */
  readonly memberIds: ReadonlySet<string>;
  /** The organization's smart lists that the filter may name, by row id. */
  readonly lists: ReadonlyMap<string, NamedList>;
  /** Whether the caller is restricted to assigned data. */
  readonly restricted: boolean;
  /** Whether the filter belongs to a stored list: then an unknown tag is a problem; otherwise it matches nothing. */
  readonly stored: boolean;
}
