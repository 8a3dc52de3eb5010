/** What `npm run bundle` wrote to `dist`, as pages and bundlers see it. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transformSync } from "esbuild";
import { type OutputChunk, rolldown } from "rolldown";

export const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
if (!existsSync(`${dist}index.js`)) throw new Error("dist is missing: run `npm run bundle`, then the tests again");

/** The size that a server sends, in KB. */
export const kilobytes = (...texts: string[]): number =>
  texts.reduce((total, text) => total + gzipSync(text).length, 0) / 1024;

/** Compresses a page, given as code that imports from "transformer-blocks", to a list of files that it loads at once. */
export type Bundler = (page: string) => Promise<string[]>;

/** Whether the package says that its files have no side effects; without, a bundler keeps all but pure statements. */
export interface Trust {
  sideEffects: boolean;
}

const fileOf = (path: string): string => `${dist}${path.split("/")[1] ?? "index"}.js`;

const esbuild =
  (trust: Trust): Bundler =>
  async (page) => {
    const { outputFiles } = await build({
      stdin: { contents: page, resolveDir: dist },
      ...{ bundle: true, write: false, minify: true, format: "esm", platform: "browser", external: ["fast-check"] },
      plugins: [
        {
          name: "published",
          setup({ onResolve }) {
            onResolve({ filter: /^transformer-blocks/ }, ({ path }) => ({ path: fileOf(path), ...trust }));
            // What is imported later is no part of what a page loads at once. With splitting, esbuild would also keep what
            // only unused code imports later.
            const external = (kind: string) => kind === "dynamic-import";
            onResolve({ filter: /^\.\// }, ({ path, kind }) =>
              external(kind) ? { path, external: true } : { path: dist + path.slice(2), ...trust },
            );
          },
        },
      ],
      logLevel: "silent",
    });
    return [outputFiles[0]!.text];
  };

const withRolldown =
  ({ sideEffects }: Trust): Bundler =>
  async (page) => {
    const published = {
      name: "published",
      resolveId: (path: string) =>
        path === "page" ? path : path.startsWith("transformer-blocks") ? fileOf(path) : undefined,
      load: (path: string) => (path === "page" ? page : undefined),
    };
    const bundle = await rolldown({
      ...{ input: "page", plugins: [published], platform: "browser", external: ["fast-check"], logLevel: "silent" },
      treeshake: sideEffects ? { moduleSideEffects: true } : true,
    });
    const { output } = await bundle.generate({ format: "esm", minify: true });
    const chunks = output.filter((file): file is OutputChunk => file.type === "chunk");
    const entry = chunks.find(({ isEntry }) => isEntry)!;
    const code = new Map(chunks.map(({ fileName, ...chunk }) => [fileName, chunk]));
    return [...reached([entry.fileName], (file) => code.get(file)!.imports)].map((file) => code.get(file)!.code);
  };

export const bundlers = { esbuild, Rolldown: withRolldown };

/** The files, and what they import at once. */
export function reached(files: Iterable<string>, importsOf: (file: string) => readonly string[]): Set<string> {
  const all = new Set(files);
  for (const file of all) for (const imported of importsOf(file)) all.add(imported);
  return all;
}

/** A file of `dist`. */
export const textOf = (file: string): string => readFileSync(dist + file, "utf8");

/** The same, minified. */
export const minified = (file: string): string => transformSync(textOf(file), { minify: true, format: "esm" }).code;

const imports = new Map<string, string[]>();

/** The files of `dist` that a file imports at once. */
export function importsOf(file: string): string[] {
  const found =
    imports.get(file) ?? [...textOf(file).matchAll(/\b(?:from|import) ['"]\.\/(.*?)['"]/g)].map(([, path]) => path!);
  imports.set(file, found);
  return found;
}
