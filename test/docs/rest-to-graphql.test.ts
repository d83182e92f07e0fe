import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { differences, readDocument } from "./document.ts";
import { documentOrganization, ORGANIZATION_ID } from "./fixture.ts";

/** docs/rest-to-graphql.md is true: every example is run, each row on an organization of its own. */

const rows = readDocument(await readFile("docs/rest-to-graphql.md", "utf8"));

describe.each(rows)("$id $title", ({ examples }) => {
  test("answers as the document says", async () => {
    const organization = await documentOrganization();
    const own = (text: string) => text.replaceAll(ORGANIZATION_ID, organization.globalId);
    expect(examples.length).toBeGreaterThan(0);
    for (const { query, variables, headers, answer } of examples) {
      const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, own(value)]));
      const { text } = await sendText(organization.key, own(query), variables, given);
      expect(
        differences(JSON.parse(own(JSON.stringify(answer))), JSON.parse(text)),
        `${query}\nanswered\n${text}`,
      ).toEqual([]);
    }
  });
});
