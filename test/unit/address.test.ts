import { expect, test } from "vitest";
import { addressProblem } from "../../src/db/open/address.ts";

/** What DATABASE_URL may say: all of it holds, or is refused with words. */

test.each([
  "postgresql://user:pass%20word@db.example:5432/app",
  "postgres://user@[::1]:5432/app",
  "postgresql:///app?host=/var/run/postgresql",
  "postgresql://user@/app?host=/var/run/postgresql&port=5433",
  "postgresql://user@%2Fvar%2Frun%2Fpostgresql/app",
  "postgresql://u:p@db.example/app?sslmode=verify-full&channel_binding=require",
  "postgresql://u:p@db.example/app?sslmode=no-verify&application_name=rolograph",
  "postgresql://u@db.example/app?options=-c%20lock_timeout%3D5s",
  "postgresql://u@db.example/app?schema=public",
])("%s can be used", (address) => {
  expect(addressProblem(address)).toBeNull();
});

test.each([
  ["mysql://u@db.example/app", "must be a PostgreSQL address such as"],
  ["postgresql://db.example", "must be a PostgreSQL address such as"],
  ["postgresql://db.example/", "must be a PostgreSQL address such as"],
  ["postgresql://db.example:port/app", "must be a PostgreSQL address such as"],
  ["postgresql://u@a.example:5432,b.example:5432/app", "must name one host"],
  ["postgresql://u@a.example,b.example/app", "must name one host"],
  ["postgresql:///app?host=a.example,b.example", "must name one host"],
  [
    "postgresql://u@db.example/app?schema=crm",
    "has schema=crm, which is not supported: the tables are in the schema public",
  ],
  [
    "postgresql://u@db.example/app?sslmode=prefer",
    "has sslmode=prefer, which is not supported: it takes disable, require",
  ],
  [
    "postgresql://u@db.example/app?target_session_attrs=read-write",
    "name the primary, or a proxy that leads to it",
  ],
  ["postgresql://u@db.example/app?pgbouncer=true", "set PREPARED_STATEMENTS=false"],
  ["postgresql://u@db.example/app?connection_limit=5", "which is not supported: set DATABASE_POOL"],
  [
    "postgresql://u@db.example/app?statement_timeout=5000",
    "which is not supported: set STATEMENT_TIMEOUT_MS",
  ],
  ["postgresql://u@db.example/app?sslmod=require", "has the parameter sslmod, which is not supported"],
  ["postgresql://u@db.example/app?sslmode=require&sslrootcert=/none.pem", "cannot be used: ENOENT"],
])("%s is refused: %s", (address, told) => {
  expect(addressProblem(address)).toContain(told);
});

test("a refusal never repeats the address, which may hold a password", () => {
  expect(addressProblem("postgresql://user:hunter2@a,b/app?x=1")).not.toContain("hunter2");
  expect(addressProblem("postgresql://user:hunter2@db.example:port/app")).not.toContain("hunter2");
});
