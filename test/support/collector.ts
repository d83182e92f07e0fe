import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, vi } from "vitest";

/** A span in OTLP's JSON, with its attributes as an object. */
export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, string | number>>;
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

type SentSpan = Omit<CollectedSpan, "attributes"> & { readonly attributes: readonly Attribute[] };

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

const read = (attributes: readonly Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? ""]));

/** Starts a collector of traces that keeps the spans that it receives. */
export async function startCollector() {
  const texts: string[] = [];
  const http = createServer((incoming, outgoing) => {
    let body = "";
    incoming
      .on("data", (chunk) => {
        body += chunk;
      })
      .on("end", () => {
        texts.push(body);
        outgoing.writeHead(200, { "content-type": "application/json" }).end("{}");
      });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const sent = () => texts.flatMap((text) => (JSON.parse(text) as Sent).resourceSpans);
  const spans = (): CollectedSpan[] =>
    sent().flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap((scope) =>
        scope.spans.map((span) => ({ ...span, attributes: read(span.attributes) })),
      ),
    );
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    text: () => texts.join(),
    spans,
    resource: () => read(sent()[0]?.resource.attributes ?? []),
    /** Waits for the span of the request, and returns the spans of its trace. */
    trace: (traceId: string) =>
      vi.waitFor(
        () => {
          const found = spans().filter((span) => span.traceId === traceId);
          expect(found.some(({ kind }) => kind === 2)).toBe(true);
          return found;
        },
        { timeout: 30_000, interval: 50 },
      ),
    stop: () => void http.close().closeAllConnections(),
  };
}
