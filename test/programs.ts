import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

export const root = fileURLToPath(new URL("../", import.meta.url));

const ownUrls: Plugin = {
  name: "import.meta.url is that of the source",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/](examples|test)[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path))),
      loader: "ts",
    })),
};

/**
 * Programs of the repository, each as one file for Node: tsx, which npm's scripts use, compiles all modules of the library
 * at every start, and takes longer than most programs.
 *
 * @param paths from the root: "examples/demo.ts"
 */
export async function programs(paths: readonly string[]) {
  // Where packages are found.
  const folder = await mkdtemp(join(root, "node_modules", ".programs-"));
  await build({
    ...{ absWorkingDir: root, entryPoints: [...paths], outdir: folder, outbase: root },
    ...{ bundle: true, format: "esm", platform: "node", splitting: true, outExtension: { ".js": ".mjs" } },
    ...{ packages: "external", plugins: [ownUrls], logLevel: "silent" },
  });
  return {
    /** Where Node finds a program. */
    at: (path: string) => resolve(folder, path.replace(/\.ts$/, ".mjs")),
    remove: () => rm(folder, { recursive: true }),
  };
}
