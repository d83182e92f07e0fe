import { expect } from "vitest";
import { sendText } from "./client.ts";
import { testDatabase } from "./database.ts";
import type { Organization } from "./makers.ts";

/** Calls that write and find the e-mail addresses of contacts. */

export const shown = "id version email otherEmails phoneNumbers";
const errorFields =
  "errors { code path message ... on DuplicateContactError { existing { id } } ... on RestoreConflictError { blockedBy { id } } ... on AmbiguousMatchError { candidates { id } } }";

export interface Shown {
  readonly id: string;
  readonly version: number;
  readonly email: string | null;
  readonly otherEmails: string[];
  readonly phoneNumbers: string[];
}

interface Answer {
  readonly contact: Shown | null;
  readonly outcome?: string;
  readonly errors: { code: string; path: string[]; message: string; existing?: { id: string } | null }[];
}

let made = 0;
/** An address that no contact has yet. */
export const address = (what = "a") => `${what}${++made}@several.example`;

/** The calls of an organization's owner, unless a call names another key. */
export function emailCalls(organization: () => Organization & { readonly key: string }) {
  const key = () => organization().key;
  const ask = async (
    field: string,
    types: string,
    variables: Record<string, unknown>,
    { by = key(), more = "" } = {},
  ): Promise<Answer & Record<string, unknown>> => {
    const query = `mutation ${types} { payload: ${field} { contact { ${shown} } ${more} ${errorFields} } }`;
    const { data, errors, text } = await sendText(by, query, variables);
    if (errors.length > 0 || data === null) throw new Error(text);
    return (data as unknown as { payload: Answer & Record<string, unknown> }).payload;
  };

  const create = (input: object, by = key()) =>
    ask(
      "contactCreate(input: $input)",
      "($input: ContactCreateInput!)",
      { input: { name: "N", ...input } },
      { by },
    );
  const update = (id: string, input: object, by = key()) =>
    ask(
      "contactUpdate(id: $id, input: $input)",
      "($id: ID!, $input: ContactUpdateInput!)",
      { id, input },
      { by },
    );
  const upsert = (input: object, matchOn = ["EMAIL"], by = key()) =>
    ask(
      "contactUpsert(input: $input, matchOn: $matchOn)",
      "($input: ContactUpsertInput!, $matchOn: [ContactMatchKey!])",
      { input: { name: "N", ...input }, matchOn },
      { by, more: "outcome" },
    );

  async function there(input: object): Promise<Shown> {
    const { contact, errors } = await create(input);
    expect(errors).toEqual([]);
    if (!contact) throw new Error("not created");
    return contact;
  }

  /** Ids of the contacts that a condition on `email` finds. */
  async function found(comparators: object, by = key()): Promise<string[]> {
    const query =
      "query ($filter: ContactFilter) { contacts(filter: $filter, first: 100) { totalCount nodes { id } } }";
    const { data, text } = await sendText(by, query, { filter: { email: comparators } });
    if (data === null) throw new Error(text);
    const { contacts } = data as unknown as { contacts: { totalCount: number; nodes: { id: string }[] } };
    expect(contacts.totalCount).toBe(contacts.nodes.length);
    return contacts.nodes.map(({ id }) => id);
  }

  /** The rows of the derived table, by contact. */
  async function held(of: Organization = organization()): Promise<string[]> {
    const { pool } = await testDatabase();
    const { rows } = await pool.query<{ held: string }>(
      `SELECT email_key || ' ' || contact_id AS held FROM contact_email WHERE org_id = $1`,
      [of.id],
    );
    return rows.map((row) => row.held).sort();
  }

  /** The expected rows of the derived table: the addresses of all live contacts. */
  async function wanted(of: Organization = organization()): Promise<string[]> {
    const { prisma } = await testDatabase();
    const rows = await prisma.contact.findMany({ where: { orgId: of.id, deletedAt: null } });
    return rows
      .flatMap(({ id, email, otherEmails }) =>
        [email, ...otherEmails].flatMap((each) => (each === null ? [] : [`${each.toLowerCase()} ${id}`])),
      )
      .sort();
  }
  return { ask, create, update, upsert, there, found, held, wanted };
}
