import { expect, test } from "vitest";
import { program } from "../support/program.ts";

test("the built program has the schema and the tables of the sources", async () => {
  expect(await program(["schema", "--check"], {})).toMatchObject({ code: 0, err: "" });
});
