/** Reads the examples out of a document: fenced blocks under the heading of their row. */

interface Example {
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** A CSV file to upload as the variable `file`. */
  readonly file: string | null;
  /** The whole answer; a text that ends with … stands for whatever begins so. Null when the document has none. */
  readonly answer: unknown;
}

export interface Row {
  /** Such as `C1`. */
  readonly id: string;
  readonly title: string;
  /** Calls that are not GraphQL, as they are written. */
  readonly calls: readonly string[];
  readonly examples: readonly Example[];
}

const heading = /^### ([A-Z]\d+(?:-[A-Z]?\d+)?) · (.+)$/gm;
const block = /^```(\S+)(?: (\w+))?\n([\s\S]*?)^```$/gm;

/** @returns the rows of a document in their order */
export function readDocument(text: string): Row[] {
  const headings = [...text.matchAll(heading)];
  return headings.map((match, at) => {
    const [, id = "", title = ""] = match;
    const end = headings[at + 1]?.index ?? text.length;
    const calls: string[] = [];
    const examples: { -readonly [Name in keyof Example]: Example[Name] }[] = [];
    let headers: Record<string, string> = {};
    for (const [, language = "", use = "", body = ""] of text.slice(match.index, end).matchAll(block)) {
      const last = examples.at(-1);
      if (language === "http" && use === "headers") {
        headers = Object.fromEntries(
          body
            .trim()
            .split("\n")
            .map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
        );
      } else if (language === "http" || language === "sh") calls.push(body.trim());
      else if (language === "graphql") {
        examples.push({ query: body, headers, variables: {}, file: null, answer: null });
        headers = {};
      } else if (!last) throw new Error(`${id}: a block of ${language} ${use} before any query`);
      else if (use === "variables") last.variables = JSON.parse(body);
      else if (use === "answer") last.answer = JSON.parse(body);
      else if (language === "csv") last.file = body;
      else throw new Error(`${id}: no block of ${language} ${use} is known`);
    }
    return { id, title, calls, examples };
  });
}

/** Where an answer differs from what the document says, as paths; empty when it does not. */
export function differences(expected: unknown, actual: unknown, path = "answer"): string[] {
  if (typeof expected === "string" && expected.endsWith("…")) {
    const begins = typeof actual === "string" && actual.startsWith(expected.slice(0, -1));
    return begins ? [] : [`${path} is ${JSON.stringify(actual)}`];
  }
  if (typeof expected !== "object" || expected === null) {
    return expected === actual ? [] : [`${path} is ${JSON.stringify(actual)}`];
  }
  if (typeof actual !== "object" || actual === null || Array.isArray(expected) !== Array.isArray(actual)) {
    return [`${path} is ${JSON.stringify(actual)}`];
  }
  const [left, right] = [expected as Record<string, unknown>, actual as Record<string, unknown>];
  // Where in the text of the query an error is says nothing to the reader.
  const keys = [...Object.keys(left), ...Object.keys(right)].filter((key) => key !== "locations");
  return [...new Set(keys)].flatMap((key) => differences(left[key], right[key], `${path}.${key}`));
}
