import { fileURLToPath } from "node:url";
import { defineConfig, type Options } from "tsup";
import { pureStatements } from "./scripts/pure-statements";
import { singleEntries, sourcesOfSingleNames, writeOtherFormats } from "./scripts/single-names";

const floors = [
  "tensor",
  "blocks",
  "models",
  "families",
  "tasks",
  "tokenizer",
  "checkpoint",
  "generation",
  "training",
  "inspect",
  "testing",
  "kernels",
];

/** CommonJS cannot await the optional fast-check, but can require it at once. */
const required: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "required-in-commonjs",
  setup({ initialOptions, onResolve }) {
    // With code splitting, esbuild writes ES modules for both formats.
    if (initialOptions.define?.TSUP_FORMAT !== JSON.stringify("cjs")) return;
    const path = fileURLToPath(new URL("./src/testing/fast-check-required.ts", import.meta.url));
    onResolve({ filter: /^\.\/fast-check$/ }, () => ({ path }));
  },
};

/**
 * A namespace of a module in the same file is an object with all of its exports. From a file of its own, bundlers leave out
 * what a page does not use: Rollup and Rolldown each export, esbuild the whole namespace.
 */
const namespaces: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "namespaces",
  setup({ initialOptions, onResolve }) {
    const isCommonJs = initialOptions.define?.TSUP_FORMAT === JSON.stringify("cjs");
    onResolve({ filter: /^\.\/processors$/ }, ({ importer }) =>
      /generation[\\/]index\.ts$/.test(importer)
        ? { path: isCommonJs ? "./processors.cjs" : "./processors.js", external: true }
        : undefined,
    );
  },
};

const entry: Readonly<Record<string, string>> = {
  index: "src/index.ts",
  // What `inWorker` starts.
  worker: "src/tasks/worker/worker.ts",
  // The namespace `processors`.
  processors: "src/generation/processors/index.ts",
  ...Object.fromEntries(floors.map((floor) => [floor, `src/${floor}/index.ts`])),
};

/** `npm run declarations` writes these from the sources, in a tenth of the time that tsup needs; tsup only bundles them. */
const declarationOf = (source: string) => source.replace(/^src(.*)\.ts$/, ".declarations$1.d.ts");

export default defineConfig({
  entry,
  format: ["esm", "cjs"],
  target: "es2022",
  dts: { entry: Object.fromEntries(Object.entries(entry).map(([name, source]) => [name, declarationOf(source)])) },
  // Entry points share their classes, in both formats: a Tensor is a Tensor wherever it was imported from.
  splitting: true,
  // What a chunk does not import from another is not loaded with it: no file has side effects.
  treeshake: { moduleSideEffects: false },
  // `import.meta.url` in CommonJS.
  shims: true,
  clean: true,
  esbuildPlugins: [required, namespaces, sourcesOfSingleNames, pureStatements],
  esbuildOptions(options, { format }) {
    if (format === "esm") options.entryPoints = { ...entry, ...singleEntries };
  },
  onSuccess: async () => writeOtherFormats("dist"),
});
