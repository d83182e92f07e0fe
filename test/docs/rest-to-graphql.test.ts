import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { uploadAs } from "../support/imports.ts";
import { differences, readDocument } from "./document.ts";
import { documentOrganization, ORGANIZATION_ID } from "./fixture.ts";

/** docs/rest-to-graphql.md is true: every example is run, each row on an organization of its own. */

const rows = readDocument(await readFile("docs/rest-to-graphql.md", "utf8"));

test("every row of the mission is there", () => {
  const all = { C: 6, L: 7, K: 4, M: 14 };
  const wanted = Object.entries(all).flatMap(([letter, count]) =>
    [...Array(count).keys()].map((at) => `${letter}${at + 1}`),
  );
  expect(rows.map(({ id }) => id)).toEqual(wanted);
});

describe.each(rows)("$id $title", ({ examples }) => {
  test("answers as the document says", async () => {
    const organization = await documentOrganization();
    const own = (text: string) => text.replaceAll(ORGANIZATION_ID, organization.globalId);
    expect(examples.length).toBeGreaterThan(0);
    for (const { query, variables, headers, file, answer } of examples) {
      const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, own(value)]));
      const { text } =
        file === null
          ? await sendText(organization.key, own(query), variables, given)
          : await uploadAs(organization.key, query, variables, file);
      expect(
        differences(JSON.parse(own(JSON.stringify(answer))), JSON.parse(text)),
        `${query}\nanswered\n${text}`,
      ).toEqual([]);
    }
  });
});
