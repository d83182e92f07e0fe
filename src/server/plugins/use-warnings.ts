import type { ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Context } from "../../graphql/context.ts";

/** Adds warnings about accepted inputs to the response's `extensions.warnings`. */
export const useWarnings = (): Plugin<Context> => ({
  onExecute: ({ args }) => ({
    onExecuteDone({ result, setResult }) {
      const { warnings } = args.contextValue as Context;
      if (warnings.length === 0 || Symbol.asyncIterator in result) return;
      // A write that PostgreSQL undid and that was tried again warned twice.
      const each = new Map(warnings.map((warning) => [JSON.stringify(warning), warning]));
      const { extensions, ...rest } = result as ExecutionResult;
      setResult({ ...rest, extensions: { ...extensions, warnings: [...each.values()] } });
    },
  }),
});
