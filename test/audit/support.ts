import { sendText, testServer } from "../support/client.ts";

/** Audit events through the door, for tests. */

export interface Event {
  readonly id: string;
  readonly action: string;
  readonly recordType: string;
  readonly recordIds: readonly string[];
  readonly recordCount: number;
  readonly fields: readonly string[];
  readonly actor: string;
  readonly source: string;
  readonly requestId: string | null;
  readonly address: string | null;
  readonly jobId: string | null;
  readonly occurredAt: string;
  readonly member: { readonly id: string } | null;
  readonly apiKey: { readonly id: string } | null;
}

const eventFields =
  "id action recordType recordIds recordCount fields actor source requestId address jobId occurredAt member { id } apiKey { id }";

/** Events that a filter finds, the newest first. */
export async function eventsOf(key: string, filter: string, more = "first: 100"): Promise<Event[]> {
  const { data, errors, text } = await sendText(
    key,
    `{ auditEvents(filter: { ${filter} }, ${more}) { nodes { ${eventFields} } } }`,
  );
  if (errors.length > 0) throw new Error(text);
  return (data as unknown as { auditEvents: { nodes: Event[] } }).auditEvents.nodes;
}

/** Sends a mutation once, and gives its payload and the id of the request. */
export async function asked<Payload = Record<string, never>>(
  key: string,
  mutation: string,
  headers: Record<string, string> = {},
): Promise<{ payload: Payload & { errors: { code: string; message: string }[] }; requestId: string }> {
  const response = await (await testServer()).fetch("http://test/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify({ query: `mutation { payload: ${mutation} }` }),
  });
  const { data, errors } = (await response.json()) as { data: { payload: never } | null; errors?: unknown };
  if (!data?.payload) throw new Error(`${mutation}\nanswered\n${JSON.stringify(errors)}`);
  return { payload: data.payload, requestId: response.headers.get("x-request-id") ?? "" };
}

/** What an event says, shortly: `UPDATED CONTACT title`. */
export const shortly = ({ action, recordType, fields }: Event): string =>
  [action, recordType, ...[...fields].sort()].join(" ");
