import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import type * as Library from "../../src";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The library beside its worker, as the package has them, in a folder of its own. */
export async function builtWithWorker(): Promise<{ library: typeof Library; worker: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "transformer-blocks-worker-"));
  // As in the package: files that end in .js are ES modules.
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  await build({
    entryPoints: { index: join(root, "src/index.ts"), worker: join(root, "src/tasks/worker/worker.ts") },
    ...{ bundle: true, splitting: true, format: "esm", platform: "node", outdir: folder, logLevel: "silent" },
  });
  const library: typeof Library = await import(/* @vite-ignore */ pathToFileURL(join(folder, "index.js")).href);
  return { library, worker: join(folder, "worker.js"), remove: () => rmSync(folder, { recursive: true }) };
}
