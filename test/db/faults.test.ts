import type { GraphQLError } from "graphql";
import { beforeAll, expect, test } from "vitest";
import { isTransient } from "../../src/db/faults.ts";
import { maskError } from "../../src/server/plugins/use-errors.ts";
import { testDatabase } from "../support/database.ts";

/** What the database throws, by the driver and by Prisma, and what callers are told of it. */

beforeAll(async () => {
  await testDatabase();
});

const raise = (state: string) => `DO $$ BEGIN RAISE 'told nobody' USING ERRCODE = '${state}'; END $$`;

/** The error with which some work ends. */
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => error,
  );

function told(error: unknown) {
  const { message, extensions } = maskError(error, "Internal error.") as GraphQLError;
  expect(message).not.toMatch(/told nobody|prisma|invocation|connect/i);
  return { code: extensions.code, status: (extensions.http as { status?: number } | undefined)?.status };
}

const unavailable = { code: "SERVICE_UNAVAILABLE", status: 503 };

test.each([
  ["57P01", "the server is stopped by its operator", unavailable],
  ["57P02", "another process of it crashed", unavailable],
  ["57P03", "it is starting up", unavailable],
  ["57P05", "the session was idle for too long", unavailable],
  ["08000", "a connection exception", unavailable],
  ["08003", "the connection is not there", unavailable],
  ["08006", "the connection failed", unavailable],
  ["08007", "whether it was committed is not known", unavailable],
  ["53000", "insufficient resources", unavailable],
  ["53100", "the disk is full", unavailable],
  ["53200", "out of memory", unavailable],
  ["53300", "too many connections", unavailable],
  ["25006", "it only reads, as a standby does", unavailable],
  ["25P03", "the transaction was idle for too long", unavailable],
  ["55P03", "a lock was not to be had in time", unavailable],
  ["58030", "its disk fails", unavailable],
  ["57014", "the statement took too long", { code: "TIMEOUT", status: 504 }],
  ["40001", "it could not be serialised", { code: "CONFLICT", status: 409 }],
  ["40P01", "a deadlock", { code: "CONFLICT", status: 409 }],
])("%s, %s: a transient fault, by the driver and by Prisma", async (state, _words, answer) => {
  const { pool, prisma } = await testDatabase();
  for (const error of [
    await thrownBy(pool.query(raise(state))),
    await thrownBy(prisma.$executeRawUnsafe(raise(state))),
    await thrownBy(prisma.$transaction((tx) => tx.$executeRawUnsafe(raise(state)))),
  ]) {
    expect(isTransient(error), String(error)).toBe(true);
    expect(told(error)).toEqual(answer);
  }
});

test.each([
  ["22003", { code: "BAD_USER_INPUT" }],
  ["22021", { code: "BAD_USER_INPUT" }],
  ["22P02", { code: "BAD_USER_INPUT" }],
  ["22P05", { code: "BAD_USER_INPUT" }],
  ["54001", { code: "FILTER_TOO_LARGE" }],
  // More values than a statement has parameters, which is a bug here and no fault of the connection.
  ["08P01", { code: "INTERNAL_SERVER_ERROR", status: 500 }],
  ["42601", { code: "INTERNAL_SERVER_ERROR", status: 500 }],
  ["XX000", { code: "INTERNAL_SERVER_ERROR", status: 500 }],
])("%s would come again", async (state, answer) => {
  const { pool, prisma } = await testDatabase();
  for (const error of [
    await thrownBy(pool.query(raise(state))),
    await thrownBy(prisma.$executeRawUnsafe(raise(state))),
  ]) {
    expect(isTransient(error), String(error)).toBe(false);
    expect(told(error)).toEqual(answer);
  }
});
