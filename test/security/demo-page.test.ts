import { expect, onTestFinished, test } from "vitest";
import { graphiqlFor } from "../../src/server/graphiql.ts";
import { listening } from "../support/listener.ts";

/** The page with GraphiQL fills in the demo key for whoever sits at the machine, and for nobody else. */

const key = "sk_test_shown";
const shownBy = (host: string) => {
  const options = graphiqlFor({ key, query: "", host });
  return (name: string) => options(new Request(`http://${name}/graphql`), {}).headers.includes(key);
};

test.each(["127.0.0.1", "0.0.0.0", "::"])(
  "listening on %s, a name of this machine is shown the key",
  (host) => {
    const shown = shownBy(host);
    const names = ["localhost:4000", "127.0.0.1:4000", "LOCALHOST", "[::1]:4000", "127.1.2.3"];
    expect(names.filter((name) => !shown(name))).toEqual([]);
  },
);

test.each(["127.0.0.1", "0.0.0.0", "::"])(
  "listening on %s, a name that somebody made lead here is not",
  (host) => {
    const shown = shownBy(host);
    const names = [
      "evil.example",
      "evil.example:4000",
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "192.168.1.5:4000",
      "0.0.0.0",
    ];
    expect(names.filter(shown)).toEqual([]);
  },
);

test("the name that is configured is shown the key", () => {
  expect(shownBy("crm.example")("crm.example:4000")).toBe(true);
  expect(shownBy("crm.example")("evil.example")).toBe(false);
  expect(shownBy("2001:db8::1")("[2001:db8::1]:4000")).toBe(true);
});

test("a page that is asked for through a proxy does without, and is a page all the same", async () => {
  const { talk, stop } = await listening({
    graphiql: { key, query: "{ viewer { id } }", host: "127.0.0.1" },
  });
  onTestFinished(stop);
  const page = async (...headers: readonly string[]) => {
    const lines = ["GET /graphql HTTP/1.1", "host: localhost", "accept: text/html", "connection: close"];
    return (await talk(`${[...lines, ...headers].join("\r\n")}\r\n\r\n`)).text;
  };
  const [own, proxied] = [await page(), await page("x-forwarded-for: 203.0.113.9")];
  expect(own).toContain(key);
  expect(proxied).not.toContain(key);
  expect(proxied).toContain("GraphiQL");
});
