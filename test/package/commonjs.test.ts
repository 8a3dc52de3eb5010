import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, Script } from "node:vm";
import { build } from "esbuild";
import { expect, it } from "vitest";
import type * as Library from "../../src";
import type * as Kernels from "../../src/kernels";

/**
 * The library as Jest runs what `require` gives: in another realm, whose errors and arrays have classes of their own but
 * for those that Jest shares, and where a dynamic import is refused.
 */
async function requiredInAnotherRealm(): Promise<typeof Library & typeof Kernels> {
  const contents = 'export * from "./index"; export * from "./kernels";';
  const resolveDir = fileURLToPath(new URL("../../src", import.meta.url));
  const { outputFiles } = await build({ stdin: { contents, resolveDir }, bundle: true, write: false, format: "cjs" });
  const module = { exports: {} };
  const shared = { ArrayBuffer, SharedArrayBuffer, Uint8Array, URL, TextDecoder, TextEncoder, AbortSignal };
  const names = {
    process,
    performance,
    console,
    fetch,
    setTimeout,
    queueMicrotask,
    structuredClone,
    WebAssembly,
    btoa,
    atob,
  };
  const context = createContext({ ...shared, ...names, module, require: createRequire(import.meta.url) });
  new Script(outputFiles[0]!.text).runInContext(context);
  return module.exports as typeof Library & typeof Kernels;
}

it("CommonJS in a realm that forbids dynamic imports loads, saves, starts threads and names missing files", async () => {
  const { fromPretrained, savePretrained, useThreads } = await requiredInAnotherRealm();
  const place = mkdtempSync(join(tmpdir(), "commonjs-"));
  const loaded = await fromPretrained(fileURLToPath(new URL("../../examples/models/story", import.meta.url)));
  await savePretrained(loaded, join(place, "saved"));
  const again = await fromPretrained(join(place, "saved"));
  expect([...again.model.parameters().keys()]).toEqual([...loaded.model.parameters().keys()]);
  await expect(fromPretrained(join(place, "nowhere"))).rejects.toThrow("config.json: found no such file");
  await expect(fromPretrained("http://127.0.0.1:1/x")).rejects.toThrow(
    "http://127.0.0.1:1/x/config.json: fetch failed",
  );
  await useThreads(2);
  await useThreads(1);
  rmSync(place, { recursive: true });
});
