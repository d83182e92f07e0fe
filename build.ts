import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";

/**
 * Bundles `src/` with the packages it uses into `dist/`: reading a thousand small files took most of a start. What is
 * imported on demand stays in files of its own. tsc has checked the types.
 */

/**
 * Packages that stay in node_modules: PGlite finds its WebAssembly beside its modules, ioredis and OpenTelemetry ask
 * for the names of their classes, which a bundle changes, GraphiQL and any-ascii are large and read late. So do those
 * that `createRequire` loads.
 * Whatever uses graphql must be in the bundle: a second copy of graphql refuses the first one's schema.
 */
const external = [
  "@electric-sql/*",
  "ioredis",
  "@opentelemetry/*",
  "@graphql-yoga/render-graphiql",
  "any-ascii",
];

/** CommonJS packages require Node.js's own modules, which an ECMAScript module cannot do by itself. */
const banner = `import { createRequire as bannerRequire } from "node:module";
const require = bannerRequire(import.meta.url);`;

const root = fileURLToPath(new URL(".", import.meta.url));
const dist = join(root, "dist");

/** Writes `dist/`, and removes the modules of earlier builds. */
export default async function bundle(): Promise<void> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/main.ts"],
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    external,
    banner: { js: banner },
    // Read only when an error is told: src/server/stacks.ts.
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "linked",
    logLevel: "warning",
    metafile: true,
    write: false,
  });
  const lost = lostImports(metafile);
  await mkdir(dist, { recursive: true });
  // The program comes last: its date is the build's, and the files that it loads are there.
  const files = outputFiles.toSorted(
    (one, other) => Number(isProgram(one.path)) - Number(isProgram(other.path)),
  );
  for (const { path, contents } of files) {
    const imports = lost.get(basename(path)) ?? [];
    // At the end, where the maps of the lines before hold; imports are evaluated first wherever they stand.
    await writeFile(path, [contents, ...imports.map((name) => `import "./${name}";\n`)]);
  }
  const names = new Set(files.map(({ path }) => basename(path)));
  for (const entry of await readdir(dist, { withFileTypes: true })) {
    const built = entry.isDirectory() || /\.js(\.map|\.LEGAL\.txt)?$/.test(entry.name);
    if (built && !names.has(entry.name)) await rm(join(dist, entry.name), { recursive: true });
  }
}

const isProgram = (path: string): boolean => basename(path) === "main.js";

/**
 * The imports between files that esbuild leaves out: a module that is imported for its effects alone, such as a table
 * that registers its columns, may be in another file, which is then imported by the entry point alone and perhaps too
 * late (github.com/evanw/esbuild/issues/399).
 *
 * @returns names of files by the name of the file that must import them
 */
function lostImports({ inputs, outputs }: Metafile): ReadonlyMap<string, readonly string[]> {
  const fileOf = new Map<string, string>();
  for (const [file, output] of Object.entries(outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      if (bytesInOutput > 0) fileOf.set(input, file);
    }
  }
  /** The files of what a module imports; one of ours that came to nothing passes on its own imports. */
  const filesFor = (input: string, seen = new Set<string>()): string[] =>
    (inputs[input]?.imports ?? []).flatMap(({ path, kind, external: outside }) => {
      if (outside || kind === "dynamic-import" || seen.has(path)) return [];
      seen.add(path);
      return fileOf.get(path) ?? (path.startsWith("src/") ? filesFor(path, seen) : []);
    });
  return new Map(
    Object.entries(outputs).map(([file, output]) => {
      const had = new Set([file, ...output.imports.map(({ path }) => path)]);
      const needed = new Set(Object.keys(output.inputs).flatMap((input) => filesFor(input)));
      return [basename(file), [...needed].filter((each) => !had.has(each)).map((each) => basename(each))];
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
