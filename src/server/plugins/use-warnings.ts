import type { ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Context } from "../../graphql/context.ts";

/** Adds warnings about deprecated inputs to `extensions.warnings`. */
export const useWarnings = (): Plugin<Context> => ({
  onExecute: ({ args }) => ({
    onExecuteDone({ result, setResult }) {
      const { warnings } = args.contextValue as Context;
      if (warnings.length === 0 || Symbol.asyncIterator in result) return;
      // Removes duplicates: a transaction that was rolled back and retried warns again.
      const each = new Map(warnings.map((warning) => [JSON.stringify(warning), warning]));
      const { extensions, ...rest } = result as ExecutionResult;
      setResult({ ...rest, extensions: { ...extensions, warnings: [...each.values()] } });
    },
  }),
});
