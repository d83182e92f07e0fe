import type { ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import { stringify } from "../../lib/json-text.ts";

/** Serializes results that contain JSON text from PostgreSQL: Yoga uses a result's own `stringify`. */
export const useJsonText = (): Plugin => ({
  onResultProcess({ result, setResult }) {
    if (Symbol.asyncIterator in result || Array.isArray(result)) return;
    setResult({ ...result, stringify } as ExecutionResult);
  },
});
