import { expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** As which system a caller writes. */

test("an integration's key may say that its system writes, and no other may", async () => {
  const organization = await Organization.make();
  const { data } = await sendText(
    organization.key,
    `mutation { apiKeyCreate(input: { name: "HubSpot", scopes: [WRITE], sources: [HUBSPOT] }) {
       key apiKey { sources } errors { code } } }`,
  );
  expect(data).toMatchObject({ apiKeyCreate: { apiKey: { sources: ["HUBSPOT"] }, errors: [] } });
  const integration = (data as unknown as { apiKeyCreate: { key: string } }).apiKeyCreate;
  let counter = 0;
  const write = (key: string, source?: string) =>
    sendText(
      key,
      `mutation { contactCreate(input: { name: "S", email: "source${++counter}@example.com" }) { contact { lastModificationSource } } }`,
      {},
      source === undefined ? {} : { "x-modification-source": source },
    );
  const wrote = (source: string) => ({ contactCreate: { contact: { lastModificationSource: source } } });
  expect((await write(integration.key, "HUBSPOT")).data).toEqual(wrote("HUBSPOT"));
  expect((await write(integration.key, "API")).data).toEqual(wrote("API"));
  expect((await write(integration.key)).data).toEqual(wrote("API"));
  expect((await write(organization.key, "API")).data).toEqual(wrote("API"));
  for (const [key, source] of [
    [integration.key, "PIPEDRIVE"],
    [organization.key, "HUBSPOT"],
  ] as const) {
    const answer = await write(key, source);
    expect(answer).toMatchObject({
      status: 403,
      errors: [{ extensions: { code: "INSUFFICIENT_SCOPE", field: "X-Modification-Source" } }],
    });
    expect(answer.errors[0]?.message).toContain(source);
  }
  for (const unknown of ["hubspot", "", "SALESFORCE", "HUBSPOT, API", "__proto__"]) {
    expect(await write(integration.key, unknown)).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "BAD_REQUEST", field: "X-Modification-Source" } }],
    });
  }
});
