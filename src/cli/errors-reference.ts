import { refusalCodes, requestCodes } from "../lib/error-codes.ts";

/** `docs/errors.md`, made of the tables of codes. */

const introduction = `# Errors

Made from the code by \`npm run schema\`; the tables are in \`src/lib/error-codes.ts\`. Codes are stable: switch on them, not on
messages.

There are two kinds. A **payload error** says that a mutation refused its input: the request is answered with 200, and the
mutation's payload lists everything that is wrong at once, each with the \`path\` of the argument.

\`\`\`json
{ "data": { "contactCreate": { "contact": null, "errors": [
  { "code": "INVALID_EMAIL", "path": ["input", "email"], "message": "is not an e-mail address" } ] } } }
\`\`\`

Some payload errors are types of their own, with what a client needs to act: \`... on DuplicateContactError { existing { id } }\`.

A **top-level error** says that the request, or one field of a query, has no answer:

\`\`\`json
{ "errors": [{ "message": "…", "path": ["contacts"], "extensions": { "code": "BAD_CURSOR", "requestId": "…" } }] }
\`\`\`

\`requestId\` is also in the header \`X-Request-Id\`, and in the server's log. Answers outside of GraphQL, such as downloads and
unknown addresses, have the same form.

Send a request again, after the seconds in the header \`Retry-After\`, for 429 and 503. A mutation that was answered with 503 may
have been done all the same: send it again under the same \`idempotencyKey\`, and it is done once. 409 CONFLICT and
VERSION_CONFLICT mean that nothing was written.
`;

const row = (...cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const text = (description: string) => description.replaceAll("|", "\\|");

export function errorsReference(): string {
  const requests = Object.entries(requestCodes).map(([code, { status, description }]) =>
    row(`\`${code}\``, status, text(description)),
  );
  const refusals = Object.entries(refusalCodes).map(([code, description]) =>
    row(`\`${code}\``, text(description)),
  );
  return [
    introduction,
    "## Top-level errors\n",
    "The status is that of the whole answer. 200 stands where one field fails and the others are answered; clients that accept",
    "`application/graphql-response+json` get 400 where nothing could be answered.\n",
    row("code", "status", "meaning"),
    row("---", "---", "---"),
    ...requests,
    "\n## Payload errors\n",
    row("code", "meaning"),
    row("---", "---"),
    ...refusals,
    "",
  ].join("\n");
}
