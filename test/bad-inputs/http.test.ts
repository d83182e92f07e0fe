import { gzipSync } from "node:zlib";
import { expect, onTestFinished } from "vitest";
import { statementsOf, testDatabase } from "../support/database.ts";
import { listening } from "../support/listener.ts";
import { lonely } from "../support/lonely.ts";
import { checkError, Door, row } from "./row.ts";

/** Rows 1 to 20: HTTP and parsing. */

const door = Door.forFile({ bodyTimeout: 300 });
const query = '{"query":"{ __typename }"}';
const csrf = { "x-graphql-yoga-csrf": "1" };
const get = (search: string, headers: Record<string, string> = csrf) =>
  door.send({ method: "GET", path: `/graphql?${search}`, headers });
/** A request by hand, with the owner's key, after which the connection ends. */
const raw = (line: string, headers: readonly string[], body = "") =>
  door.raw(
    [
      `${line} HTTP/1.1`,
      "host: test",
      `authorization: Bearer ${door.organization.key}`,
      "connection: close",
      ...headers,
      "",
      body,
    ].join("\r\n"),
  );
const json = (length: number) => ["content-type: application/json", `content-length: ${length}`];

row(1, "broken JSON is refused, and not sent back", async () => {
  const answer = await door.send({ body: '{"query": "secret"' });
  checkError(answer, 400, "BAD_REQUEST");
  expect(answer.text).not.toContain("secret");
});

row(2, "an empty body, null, a number and an empty list are refused", async () => {
  for (const body of ["", "null", "5", "[]", "{}"]) checkError(await door.send({ body }), 400, "BAD_REQUEST");
});

row(3, "plain text, XML and no type at all are refused in JSON", async () => {
  for (const type of ["text/plain", "application/xml", "text/json", ""]) {
    const headers = type === "" ? [] : [`content-type: ${type}`];
    const answer = await raw("POST /graphql", [...headers, `content-length: ${query.length}`], query);
    checkError(answer, 415, "UNSUPPORTED_MEDIA_TYPE");
  }
});

row(4, "a form is refused", async () => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  checkError(await door.send({ headers, body: "query=%7B__typename%7D" }), 415, "UNSUPPORTED_MEDIA_TYPE");
});

row(5, "a mutation by GET is refused", async () => {
  const answer = await get(`query=${encodeURIComponent("mutation { __typename }")}`);
  checkError(answer, 405, "METHOD_NOT_ALLOWED");
  expect(answer.head).toMatch(/\r\nallow: .*post/);
});

row(6, "a query by GET needs a header that no form can send", async () => {
  checkError(await get("query=%7B__typename%7D", {}), 403, "CSRF");
  expect(await get("query=%7B__typename%7D")).toMatchObject({ status: 200, errors: [] });
});

row(
  7,
  "PUT, DELETE, PATCH and TRACE are refused with the methods that there are, at every address",
  async () => {
    const paths = [
      "/graphql",
      "/health",
      "/ready",
      `/imports/import_job_01h455vb4pex5vsknk084sn02q/errors.csv`,
    ];
    for (const path of paths) {
      for (const method of ["PUT", "DELETE", "PATCH", "TRACE"]) {
        const answer = await door.send({ method, path });
        checkError(answer, 405, "METHOD_NOT_ALLOWED");
        expect(answer.head, path).toMatch(/(^|\r\n)allow: \w/);
      }
    }
    for (const path of ["/", "/x/health", "/x/ready", "/health/x", "/exports/x", "/imports/x/errors.csv"])
      checkError(await door.send({ method: "GET", path }), 404, "NOT_FOUND");
  },
);

row(8, "a batch is refused", async () => {
  const answer = await door.send({ body: `[${query},${query},${query}]` });
  expect(checkError(answer, 400, "BAD_REQUEST").message).toMatch(/batch/i);
});

row(9, "a page of a foreign origin is not let in", async () => {
  const headers = { origin: "https://evil.example", "access-control-request-method": "POST" };
  for (const answer of [
    await door.send({ method: "OPTIONS", headers }),
    await door.send({ headers, body: query }),
  ])
    expect(answer.head).not.toContain("access-control-allow-origin");
  const page = await door.send({ method: "GET", headers: { accept: "text/html" } });
  expect(page.text, "GraphiQL is the demo's alone").not.toContain("GraphiQL");
});

row(
  10,
  "a body of more than a megabyte ends with its connection, whether or not it says its length",
  async () => {
    const chunk = `${(1_048_577).toString(16)}\r\n${"x".repeat(1_048_577)}\r\n`;
    const type = "content-type: application/json";
    for (const answer of [
      await raw("POST /graphql", json(2_000_000)),
      await raw("POST /graphql", [type, "transfer-encoding: chunked"], chunk),
    ]) {
      checkError(answer, 413, "PAYLOAD_TOO_LARGE");
      expect(answer.head).toContain("connection: close");
    }
  },
);

row(11, "a compressed body is refused and never inflated, as is one of an unknown encoding", async () => {
  const bomb = gzipSync(Buffer.alloc(20_000_000, 0x20));
  expect(bomb.length).toBeLessThan(50_000);
  for (const encoding of ["gzip", "br", "deflate, gzip", "nothing"]) {
    const answer = await door.send({ headers: { "content-encoding": encoding }, body: bomb });
    checkError(answer, 415, "UNSUPPORTED_MEDIA_TYPE");
  }
});

row(12, "a body and a head that stop arriving are refused, and 100 of them keep nobody waiting", async () => {
  const slow = await listening({ bodyTimeout: 300, headersTimeout: 300 });
  onTestFinished(slow.stop);
  const head = `POST /graphql HTTP/1.1\r\nhost: test\r\nauthorization: Bearer ${door.organization.key}\r\n`;
  const stopping = Array.from({ length: 100 }, (_, at) =>
    slow.talk(at % 2 ? head : `${head}${json(1000).join("\r\n")}\r\n\r\n{`),
  );
  const whole = `${head}${json(query.length).join("\r\n")}\r\nconnection: close\r\n\r\n${query}`;
  for (let at = 0; at < 5; at += 1) expect(await slow.talk(whole)).toMatchObject({ status: 200 });
  for (const answer of await Promise.all(stopping)) {
    // A head of which nothing was read in time is closed without a word.
    if (answer.text !== "") checkError(answer, 408, "REQUEST_TIMEOUT");
  }
});

row(
  13,
  "of a key that comes twice in a body, the last one counts",
  async () => {
    const { text } = await door.send({ body: '{"query":"{ nothing }","query":"{ __typename }"}' });
    expect(text).toBe('{"data":{"__typename":"Query"}}');
  },
  "the last wins, as JSON.parse has it and as the README says",
);

row(14, "a key that no GraphQL request has is refused, and not sent back", async () => {
  const answer = await door.send({ body: '{"query":"{ __typename }","quary":1}' });
  checkError(answer, 400, "BAD_REQUEST");
  expect(answer.text).not.toContain("quary");
});

row(15, "bytes that are no UTF-8 are refused in a body and in an address", async () => {
  const body = Buffer.from('{"query":"{ __typename }","variables":{"n":"\u00ff"}}', "latin1");
  checkError(await door.send({ body }), 400, "BAD_REQUEST");
  for (const search of ["query=%E0%A4%A", "query=%7B__typename%7D&operationName=%ff"])
    checkError(await get(search), 400, "BAD_REQUEST");
});

row(16, "UTF-16 is refused; a mark of UTF-8 before the body is not", async () => {
  for (const text of [`\ufeff${query}`, query])
    checkError(await door.send({ body: Buffer.from(text, "utf16le") }), 400, "BAD_REQUEST");
  expect(await door.send({ body: `\ufeff${query}` })).toMatchObject({ status: 200, errors: [] });
});

row(17, "JSON 100,000 levels deep is refused by its depth, wherever it stands", async () => {
  const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);
  const list = "query ($f: ContactFilter) { contacts(filter: $f) { totalCount } }";
  for (const value of [deep("[", "]"), `${'{"not":'.repeat(100_000)}{}${"}".repeat(100_000)}`]) {
    const body = (name: string) => `{"query":${JSON.stringify(list)},"${name}":{"f":${value}}}`;
    for (const name of ["variables", "extensions"]) {
      const { answer, statements } = await statementsOf(() => door.send({ body: body(name) }));
      checkError(answer, 400, "QUERY_TOO_DEEP");
      expect(statements.length, "the credential's alone").toBeLessThanOrEqual(1);
    }
  }
  checkError(await door.send({ body: deep("[", "]") }), 400, "BAD_REQUEST");
});

row(18, "a long header, 200 headers and a line break within one are refused", async () => {
  const many = Array.from({ length: 200 }, (_, at) => `x-${at}: 1`);
  checkError(await raw("POST /graphql", [`x: ${"y".repeat(5_000)}`]), 431, "HEADERS_TOO_LARGE");
  checkError(await raw("POST /graphql", many), 431, "HEADERS_TOO_LARGE");
  checkError(await raw("POST /graphql", ["x-org-id: a\rb"]), 400, "BAD_REQUEST");
});

row(19, "two keys and two organizations are refused", async () => {
  const bodied = [...json(query.length)];
  for (const headers of [["authorization: Bearer x"], ["x-org-id: a", "x-org-id: b"]])
    checkError(await raw("POST /graphql", [...bodied, ...headers], query), 400, "AMBIGUOUS_CREDENTIALS");
});

for (const [how, count] of [
  ["stays", 1],
  ["hangs up", 0],
] as const)
  row(
    20,
    `for a caller who ${how} within a query, what its rows lead to is read ${count} times`,
    async () => {
      const { organization } = door;
      const contactId = (await organization.contact()).id;
      await organization.deal({ contactId, leadId: (await organization.lead()).id });
      const caller = new AbortController();
      const database = await testDatabase();
      const rowsAround: typeof database.reads.rowsAround = async (model, ...rest) => {
        if (model === "contact" && how === "hangs up") {
          caller.abort();
          await server.left();
        }
        return database.reads.rowsAround(model, ...rest);
      };
      const server = await lonely({ ...database, reads: { ...database.reads, rowsAround } });
      const { statements } = await statementsOf(async () => {
        const asked = "{ contacts { nodes { deals { nodes { lead { name } } } } } }";
        await server.ask(organization.key, asked, caller.signal).catch(() => undefined);
        await server.ended;
      });
      expect(statements.filter((statement) => /"?\blead\b"?/.test(statement))).toHaveLength(count);
      expect(database.pool.waitingCount).toBe(0);
      expect(database.pool.idleCount).toBe(database.pool.totalCount);
    },
  );
