/** A profile's samples, added up by what they belong to. */

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    /** From 0. */
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
}

/** As the inspector gives it. */
export interface Profile {
  readonly nodes: readonly ProfileNode[];
  /** Ids of nodes. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** Packages by what they do; others are named themselves. */
const packages: readonly (readonly [string, RegExp])[] = [
  ["GraphQL execution", /^(graphql|graphql-jit|graphql-scalars|dataloader|@pothos\/.*|@graphql-tools\/.*)$/],
  ["Yoga", /^(graphql-yoga|@graphql-yoga\/.*|@whatwg-node\/.*|@envelop\/.*|@escape\.tech\/.*)$/],
  ["pg", /^(pg|pg-.*|postgres-.*|pgpass)$/],
  ["Prisma client", /^@prisma\/.*$/],
];

const WRITES = /^(writev|writeBuffer|write(Utf8|Latin1|Ascii|Ucs2)String)$/;

/** The product's folder or file. */
const roomOf = (url: string): string | null =>
  url.includes("node_modules") ? null : (/\/(?:src|dist)\/((?:modules\/)?[^/]+)/.exec(url)?.[1] ?? null);

/** What a sample belongs to; null for what a built-in function's caller says. */
function groupOf({ callFrame: { functionName, scriptId, url } }: ProfileNode): string | null {
  if (functionName === "(garbage collector)") return "garbage collection";
  if (functionName === "(program)") return "native code outside of JavaScript";
  const modules = [...url.matchAll(/node_modules\/((@[^/]+\/)?[^/]+)/g)].at(-1)?.[1];
  if (modules !== undefined) return packages.find(([, names]) => names.test(modules))?.[0] ?? modules;
  if (url.startsWith("wasm:") || url.includes("/generated/prisma/")) return "Prisma client";
  if (url.startsWith("node:")) return "node: sockets, HTTP, buffers";
  if (roomOf(url) !== null) return "own code";
  if (WRITES.test(functionName)) return "writes to sockets, with waits for a core";
  if (url === "" && /^(parse|stringify)$/.test(functionName)) return "JSON";
  // Code that was made at run time, as compiled queries are, has no file but is a script.
  return url === "" && scriptId !== "0" ? "GraphQL execution" : null;
}

/** Shares of the samples that were not idle: by what they belong to, by room of the product, and by function. */
export function sharesOf({ nodes, samples, timeDeltas }: Profile) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const groupIn = (node: ProfileNode | undefined): string => {
    if (!node) return "other";
    return groupOf(node) ?? groupIn(byId.get(parents.get(node.id) ?? -1));
  };
  const groups = new Map<string, number>();
  const rooms = new Map<string, number>();
  const functions = new Map<string, number>();
  let busy = 0;
  for (const [at, id] of samples.entries()) {
    const node = byId.get(id);
    const name = node?.callFrame.functionName;
    if (!node || name === "(idle)" || name === "(root)") continue;
    const time = timeDeltas[at] ?? 0;
    const { url, lineNumber } = node.callFrame;
    const place = url === "" ? "" : ` ${url.split("/").slice(-3).join("/")}:${lineNumber + 1}`;
    const room = roomOf(url);
    for (const [sums, key] of [
      [groups, groupIn(node)],
      ...(room === null ? [] : [[rooms, room] as const]),
      [functions, `${name || "(anonymous)"}${place}`],
    ] as const) {
      sums.set(key, (sums.get(key) ?? 0) + time);
    }
    busy += time;
  }
  const shares = (sums: ReadonlyMap<string, number>) =>
    new Map([...sums].map(([key, time]) => [key, time / busy]));
  return {
    busySeconds: busy / 1e6,
    groups: shares(groups),
    rooms: shares(rooms),
    functions: shares(functions),
  };
}
