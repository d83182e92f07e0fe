import { EnvelopArmorPlugin } from "@escape.tech/graphql-armor";
import type { Plugin } from "graphql-yoga";

/** How large a document may be, whatever it asks for. */
export const documentLimits = { depth: 10, aliases: 15, directives: 5, tokens: 2000 } as const;

/**
 * Refuses documents over the limits before anything of them runs. What a page costs is bounded elsewhere; the
 * library's own cost limit does not see variables.
 */
export const useLimits = (): Plugin =>
  EnvelopArmorPlugin({
    maxDepth: { n: documentLimits.depth },
    maxAliases: { n: documentLimits.aliases, allowList: [] },
    maxDirectives: { n: documentLimits.directives },
    maxTokens: { n: documentLimits.tokens },
    costLimit: { enabled: false },
    blockFieldSuggestion: { enabled: false },
  });

/** The library words its refusals; these are their codes. */
export const limitCodes: readonly (readonly [RegExp, string])[] = [
  [/depth limit/i, "QUERY_TOO_DEEP"],
  [/aliases limit/i, "TOO_MANY_ALIASES"],
  [/directives limit/i, "TOO_MANY_DIRECTIVES"],
];
