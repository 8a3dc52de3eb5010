/** Every bundler that people use, each with the package as it is installed: what `exports` and `sideEffects` say counts. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as esbuild } from "esbuild";
import { rolldown } from "rolldown";
import { rollup } from "rollup";
import { minify } from "terser";
import { build as vite } from "vite";
import webpack from "webpack";
import { reached } from "./published";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What a bundler wrote: the files by name, and those that a page loads at once. */
export interface Bundled {
  readonly files: ReadonlyMap<string, string>;
  readonly atOnce: readonly string[];
}

interface Folder {
  readonly entry: string;
  readonly out: string;
}

/** Writes a bundle, and names the file of the entry. */
type Write = (folder: Folder) => Promise<string>;

const shared = { platform: "browser", format: "esm" } as const;

/** An import of a file beside it that runs at once. */
const IMPORT = /(?:^|[;}\n])\s*(?:import|export)\s*(?:[\w$*{}\s,]+?from\s*)?["']\.\/([^"']+)["']/g;

export const allBundlers: Readonly<Record<string, Write>> = {
  // What is imported later is left out: with splitting, esbuild also keeps what unused code of a floor imports later.
  esbuild: async ({ entry, out }) => {
    const later = {
      name: "later",
      setup: ({ onResolve }: Parameters<NonNullable<Parameters<typeof esbuild>[0]["plugins"]>[number]["setup"]>[0]) =>
        onResolve({ filter: /./ }, ({ kind, path }) =>
          kind === "dynamic-import" ? { path, external: true } : undefined,
        ),
    };
    await esbuild({ ...shared, entryPoints: [entry], bundle: true, minify: true, outdir: out, plugins: [later] });
    return "page.js";
  },
  "esbuild with splitting": async ({ entry, out }) => {
    const files = { entryPoints: [entry], bundle: true, splitting: true, outdir: out };
    await esbuild({ ...shared, ...files, minify: true, external: ["@huggingface/jinja", "fast-check"] });
    return "page.js";
  },
  Rolldown: async ({ entry, out }) => {
    const bundle = await rolldown({ input: entry, platform: "browser", logLevel: "silent" });
    const { output } = await bundle.write({ dir: out, format: "esm", minify: true });
    return output[0].fileName;
  },
  Rollup: async ({ entry, out }) => {
    // As @rollup/plugin-node-resolve finds it.
    const paths: Record<string, { import: { default: string } }> = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8"),
    ).exports;
    const installed = (name: string) =>
      join(root, paths[`.${name.slice("transformer-blocks".length)}`]!.import.default);
    const published = {
      name: "published",
      resolveId: (id: string) =>
        id.startsWith("transformer-blocks") ? { id: installed(id), moduleSideEffects: false } : undefined,
      renderChunk: async (code: string) => ({ code: (await minify(code, { module: true })).code! }),
    };
    const bundle = await rollup({
      ...{ input: entry, plugins: [published], external: ["@huggingface/jinja"], onwarn: () => {} },
      treeshake: { moduleSideEffects: (id) => !id.includes("/dist/") },
    });
    const { output } = await bundle.write({ dir: out, format: "esm" });
    return output[0].fileName;
  },
  webpack: async ({ entry, out }) => {
    const config: webpack.Configuration = {
      ...{ mode: "production", entry, context: root, devtool: false, performance: false },
      output: { path: out, filename: "page.js", chunkFilename: "[name].js" },
    };
    await new Promise<void>((resolve, reject) => {
      webpack(config, (error, stats) => {
        if (error) reject(error);
        else if (stats?.hasErrors()) reject(new Error(stats.toString("errors-only")));
        else resolve();
      });
    });
    return "page.js";
  },
  Vite: async ({ entry, out }) => {
    await vite({
      ...{ root: join(entry, ".."), configFile: false, logLevel: "silent" },
      build: { outDir: out, emptyOutDir: true, modulePreload: false, rollupOptions: { input: entry } },
    });
    return readdirSync(join(out, "assets"))
      .filter((file) => file.startsWith("page"))
      .map((file) => `assets/${file}`)[0]!;
  },
};

/**
 * Bundles a page with the package beside it, in a folder that is removed afterwards.
 *
 * @param use is given the file of the entry while it is there
 */
export async function bundledBy(
  write: Write,
  page: string,
  use: (entry: string) => Promise<void> = async () => {},
): Promise<Bundled> {
  const folder = mkdtempSync(join(tmpdir(), "transformer-blocks-page-"));
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules", "transformer-blocks"), "dir");
    const entry = join(folder, "page.js");
    writeFileSync(entry, page);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const out = join(folder, "out");
    const first = await write({ entry, out });
    await use(join(out, first));
    const files = new Map<string, string>();
    for (const file of readdirSync(out, { recursive: true, encoding: "utf8" }))
      if (file.endsWith(".js")) files.set(basename(file), readFileSync(join(out, file), "utf8"));
    const importsOf = (file: string) =>
      [...(files.get(file) ?? "").matchAll(IMPORT)].map(([, path]) => path!).filter((path) => files.has(path));
    return { files, atOnce: [...reached([basename(first)], importsOf)] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
