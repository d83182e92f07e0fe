import { encodeId } from "../../../src/db/ids.ts";
import { newId } from "../../../src/lib/typeid.ts";
import { type Answer, sendText } from "../../support/client.ts";
import { testDatabase } from "../../support/database.ts";
import type { At } from "./days.ts";
import type { Input, Row } from "./model.ts";
import { fulfils, matches } from "./reference.ts";
import { generic, typed } from "./render.ts";
import { type ListedEntity, seenBy } from "./seen.ts";
import type { Tree } from "./trees.ts";
import type { World } from "./world.ts";

/** Sends the same filter in every form, and compares the results with the reference evaluator. */

/** A filter, and the time zone of its days; the organization's by default. */
export interface Case {
  readonly tree: Tree;
  readonly timeZone: string | null;
}

/** A case in each form, with the result of the reference evaluator. */
interface Question {
  readonly filter: Input;
  readonly query: Input | null;
  readonly timeZone: string | null;
  readonly expected: ReadonlySet<string>;
}

/** How a document is sent. */
export type Send = (
  query: string,
  variables: Record<string, unknown>,
) => Promise<Answer<Record<string, never>>>;

interface Found {
  readonly totalCount: number;
  readonly nodes: readonly { id: string }[];
  readonly pageInfo?: { hasNextPage: boolean; endCursor: string | null };
}

/** Maximum number of cases in one document: each takes three aliases, and stored lists take one. */
const CASES_A_REQUEST = 5;
const LISTS_A_REQUEST = 15;
/** Number of these cases whose contacts are read; of the others, only the number is read. */
const LISTS_OPENED = 3;
const contacts = "contacts(first: 100) { totalCount nodes { id } }";
const MAX_PAGE = 100;

/** The organization and entity of the records, and whether a restricted member sends the queries. */
export interface Subject {
  readonly entity: ListedEntity;
  readonly isRestricted: boolean;
}

const lists = {
  contact: { field: "contacts", filter: "ContactFilter", order: "COMPANY" },
  lead: { field: "leads", filter: "LeadFilter", order: "COMPANY" },
  deal: { field: "deals", filter: "DealFilter", order: "STAGE" },
} as const;

const ORGANIZATION_TIME_ZONE = "America/Santiago";

export class Proof {
  /** How many answers agreed, by form. */
  readonly asked = { typed: 0, not: 0, generic: 0, stored: 0, pages: 0, both: 0 };

  private constructor(
    readonly world: World,
    readonly send: Send,
    readonly subject: Subject,
    /** All records of the list. */
    readonly rows: readonly Row[],
  ) {}

  /** @param send sends documents; to the test server by default */
  static async of(
    world: World,
    send?: Send,
    subject: Subject = { entity: "contact", isRestricted: false },
  ): Promise<Proof> {
    const { prisma } = await testDatabase();
    await prisma.organization.update({
      where: { id: world.organization.id },
      data: { timeZone: ORGANIZATION_TIME_ZONE, weekStart: "SUNDAY" },
    });
    const { entity, isRestricted } = subject;
    const { key } = isRestricted ? world.restricted : world.organization;
    const seen = isRestricted ? seenBy(world.listed, world.restricted.id) : world.listed;
    const sendHere: Send = (query, variables) => sendText(key, query, variables);
    return new Proof(world, send ?? sendHere, subject, seen[entity]);
  }

  /**
   * Checks cases at one moment, which the process's clock must show.
   *
   * @throws Error with the query, its variables, and the expected and the found records, if any answer differs
   */
  async check(now: number, cases: readonly Case[]): Promise<void> {
    const questions = cases.map((one) => this.#question(one, now));
    const parts: Promise<void>[] = [this.#stored(questions)];
    for (let at = 0; at < questions.length; at += CASES_A_REQUEST) {
      parts.push(this.#doors(questions.slice(at, at + CASES_A_REQUEST)));
    }
    const [first, second] = questions;
    if (first) parts.push(this.#pages(first));
    if (first && second) parts.push(this.#both(first, second));
    const outcomes = await Promise.allSettled(parts);
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }

  #question({ tree, timeZone }: Case, now: number): Question {
    const { entity } = this.subject;
    const filter = typed(tree);
    const query = generic(tree, entity);
    const at: At = { now, timeZone: timeZone ?? ORGANIZATION_TIME_ZONE };
    const idsOf = (rows: readonly Row[]) => new Set(rows.map(({ id }) => String(id)));
    const expected = idsOf(this.rows.filter((row) => matches(filter, row, entity, at)));
    const question = { filter, query, timeZone, expected };
    if (query) {
      const found = idsOf(this.rows.filter((row) => fulfils(query, row, entity, at)));
      const agrees = found.size === expected.size && [...found].every((id) => expected.has(id));
      if (!agrees)
        throw this.#disagreement("the reference's reading of the query", question, expected, found);
    }
    return question;
  }

  /** Checks the typed form, its negation and the query form, for a few cases in one document. */
  async #doors(questions: readonly Question[]): Promise<void> {
    const { field, filter: filterType } = lists[this.subject.entity];
    const variables: Record<string, unknown> = {};
    const fields = questions.map(({ filter, query, timeZone }, at) => {
      Object.assign(variables, { [`f${at}`]: filter, [`n${at}`]: { not: filter }, [`z${at}`]: timeZone });
      if (query) variables[`q${at}`] = query;
      const zone = `timeZone: $z${at}`;
      return `t${at}: ${field}(filter: $f${at}, ${zone}, first: 100) { totalCount nodes { id } }
        n${at}: ${field}(filter: $n${at}, ${zone}, first: 1) { totalCount }
        ${query ? `g${at}: ${field}(query: $q${at}, ${zone}, first: 100) { totalCount nodes { id } }` : ""}`;
    });
    const types = { f: filterType, n: filterType, q: "SmartListQueryInput", z: "TimeZone" };
    const declared = Object.keys(variables).map((name) => `$${name}: ${types[name.charAt(0) as "f"]}`);
    const data = await this.#ask<Found>(`query (${declared.join(", ")}) { ${fields.join("\n")} }`, variables);
    for (const [at, question] of questions.entries()) {
      this.#same("the typed form", question, idsIn(data[`t${at}`]), data[`t${at}`]?.totalCount);
      const others = this.rows.length - question.expected.size;
      if (data[`n${at}`]?.totalCount !== others) {
        throw this.#disagreement("the number of others", question, others, data[`n${at}`]?.totalCount);
      }
      if (question.query) {
        this.#same("the query form", question, idsIn(data[`g${at}`]), data[`g${at}`]?.totalCount);
      }
      this.asked.typed += 1;
      this.asked.not += 1;
      if (question.query) this.asked.generic += 1;
    }
  }

  /** Checks smart lists with the same filter, which are inserted for this check and deleted afterwards. */
  async #stored(questions: readonly Question[]): Promise<void> {
    const storable = questions.filter(({ query }) => query && !namesNoTag(query)).slice(0, LISTS_A_REQUEST);
    // Only contacts have smart lists.
    if (storable.length === 0 || this.subject.entity !== "contact") return;
    const { prisma } = await testDatabase();
    const orgId = this.world.organization.id;
    const ids = storable.map(() => newId());
    await prisma.smartList.createMany({
      data: storable.map(({ query, timeZone }, at) => ({
        orgId,
        id: String(ids[at]),
        name: `List ${at}`,
        query: query as never,
        timeZone,
      })),
    });
    const fields = ids.map(
      (id, at) =>
        `l${at}: smartList(id: "${encodeId("SmartList", id)}") { count isValid ${at < LISTS_OPENED ? contacts : ""} }`,
    );
    const data = await this.#ask<{ count: number; isValid: boolean; contacts?: Found }>(
      `{ ${fields.join("\n")} }`,
      {},
    );
    for (const [at, question] of storable.entries()) {
      const list = data[`l${at}`];
      if (!list?.isValid) throw this.#disagreement("a stored list", question, "a valid list", list);
      if (list.count !== question.expected.size) {
        throw this.#disagreement("a stored list's count", question, question.expected.size, list.count);
      }
      if (list.contacts) {
        this.#same("a stored list", question, idsIn(list.contacts), list.contacts.totalCount);
      }
      this.asked.stored += 1;
    }
    await prisma.smartList.deleteMany({ where: { orgId, id: { in: ids } } });
  }

  /** Checks that all pages together have each record once. */
  async #pages(question: Question): Promise<void> {
    const ids: string[] = [];
    const { field, filter: filterType, order } = lists[this.subject.entity];
    const document = `query ($filter: ${filterType}, $timeZone: TimeZone, $after: String) {
      page: ${field}(filter: $filter, timeZone: $timeZone, first: 30, after: $after, orderBy: [{ field: ${order} }]) {
        totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`;
    const { filter, timeZone } = question;
    let after: string | null | undefined = null;
    do {
      const { page }: Record<string, Found> = await this.#ask<Found>(document, {
        filter,
        timeZone,
        after,
      });
      ids.push(...(page?.nodes ?? []).map(({ id }) => id));
      after = page?.pageInfo?.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null && ids.length <= this.rows.length);
    this.#same("the pages", question, new Set(ids), ids.length);
    this.asked.pages += 1;
  }

  /** Checks that a typed filter and a query in one request are AND-ed. */
  async #both({ filter, expected, timeZone }: Question, { query }: Question): Promise<void> {
    if (!query) return;
    const at = { now: Date.now(), timeZone: timeZone ?? ORGANIZATION_TIME_ZONE };
    const { entity } = this.subject;
    const { field, filter: filterType } = lists[entity];
    const ids = this.rows
      .filter((row) => expected.has(String(row.id)) && fulfils(query, row, entity, at))
      .map(({ id }) => String(id));
    const document = `query ($filter: ${filterType}, $query: SmartListQueryInput, $timeZone: TimeZone) {
      both: ${field}(filter: $filter, query: $query, timeZone: $timeZone, first: 100) { totalCount nodes { id } } }`;
    const data = await this.#ask<Found>(document, { filter, query, timeZone });
    const question = { filter, query, timeZone, expected: new Set(ids) };
    this.#same("both forms together", question, idsIn(data.both), data.both?.totalCount);
    this.asked.both += 1;
  }

  async #ask<Data>(query: string, variables: Record<string, unknown>): Promise<Record<string, Data>> {
    const { data, errors, text } = await this.send(query, variables);
    if (!data || errors.length > 0)
      throw new Error(`${query}\n${JSON.stringify(variables)}\nanswered ${text}`);
    return data as unknown as Record<string, Data>;
  }

  #same(who: string, question: Question, found: ReadonlySet<string>, count = found.size): void {
    const { expected } = question;
    // A page has no more records.
    const shown = Math.max(found.size, Math.min(expected.size, MAX_PAGE));
    const agrees = found.size === shown && [...found].every((id) => expected.has(id));
    if (!agrees || count !== expected.size) {
      throw this.#disagreement(who, question, this.#named(expected, found), {
        ...this.#named(found, expected),
        count,
      });
    }
  }

  /** The records that are in one answer and not in another, for messages. */
  #named(ids: ReadonlySet<string>, others: ReadonlySet<string>) {
    const only = [...ids].filter((id) => !others.has(id));
    const rows = only.slice(0, 2).map((id) => this.rows.find((row) => row.id === id) ?? `a stranger: ${id}`);
    return { number: ids.size, onlyHere: only.length, suchAs: rows };
  }

  #disagreement(who: string, { filter, query, timeZone }: Question, expected: unknown, got: unknown): Error {
    const seen = new WeakSet<object>();
    // A deal's contact leads back to the deal.
    const once = (_name: string, value: unknown) => {
      if (typeof value !== "object" || value === null) return value;
      if (seen.has(value)) return "…";
      seen.add(value);
      return value;
    };
    const show = (value: unknown) => JSON.stringify(value, once);
    const at = `${new Date().toISOString()} in ${timeZone ?? ORGANIZATION_TIME_ZONE}`;
    return new Error(
      `${who} differs from the reference, at ${at}
filter ${JSON.stringify(filter)}
query ${JSON.stringify(query)}
expected ${show(expected)}
got ${show(got)}`,
    );
  }
}

const idsIn = (found: Found | undefined) => new Set((found?.nodes ?? []).map(({ id }) => id));

/** Whether a query names a tag that does not exist: a stored list reports it in `problems`, a query finds nothing. */
const namesNoTag = (query: Input): boolean => /"strasse"/i.test(JSON.stringify(query));
