import { expect, onTestFinished, test } from "vitest";
import { listening } from "../support/listener.ts";

test("/ready answers 503 until the process is warm, /health and queries as always", async () => {
  let warm = false;
  const { url, stop } = await listening({ isWarm: () => warm });
  onTestFinished(stop);
  const statusOf = async (path: string) => (await fetch(url + path)).status;
  expect(await statusOf("/ready")).toBe(503);
  expect(await statusOf("/health")).toBe(200);
  expect(await statusOf("/graphql?query={__typename}")).not.toBe(503);
  warm = true;
  expect(await statusOf("/ready")).toBe(200);
});
