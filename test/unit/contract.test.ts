import { readFile } from "node:fs/promises";
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { expect, test } from "vitest";

/** The committed contract. */

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
}

test("every type, field, argument and enum value has a description", async () => {
  const contract = buildSchema(await readFile("schema.graphql", "utf8"));
  const bare: string[] = [];
  const check = (path: string, { name, description }: Described) => {
    if (!description?.trim()) bare.push(`${path}${name}`);
  };
  for (const type of Object.values(contract.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    check("", type);
    if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.`, value);
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) check(`${type.name}.`, field);
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        check(`${type.name}.`, field);
        for (const argument of field.args) check(`${type.name}.${field.name}.`, argument);
      }
    }
  }
  expect(bare).toEqual([]);
});
