import type { ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import { stringify } from "../../lib/json-text.ts";

/** Writes answers in which ready JSON stands: Yoga takes a result's own `stringify` for JSON's. */
export const useJsonText = (): Plugin => ({
  onResultProcess({ result, setResult }) {
    if (Symbol.asyncIterator in result || Array.isArray(result)) return;
    setResult({ ...result, stringify } as ExecutionResult);
  },
});
