import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { headersOf, listen } from "./listen";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What lets a page share memory among threads. */
export const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const html = `<!doctype html>
<script type="importmap" nonce="page">
{ "imports": {
  "transformer-blocks": "/dist/index.js",
  "transformer-blocks/kernels": "/dist/kernels.js",
  "@huggingface/jinja": "/node_modules/@huggingface/jinja/dist/index.js"
} }
</script>
<script type="module" nonce="page">import * as page from "/page.js"; globalThis.page = page;</script>`;

/** A strict policy, with what the package needs: see docs/bundling.md. */
export const strictPolicy = (workers = "'self' blob:") => ({
  ...isolation,
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self' 'nonce-page' 'wasm-unsafe-eval'",
    "connect-src 'self'",
    `worker-src ${workers}`,
  ].join("; "),
});

/** What keeps a page from compiling WebAssembly. */
export const policy = { "Content-Security-Policy": "script-src 'self' 'unsafe-inline'" };

/** A server of the built package, the demo's models and the page that uses them, with more headers. */
export async function serve(more: Record<string, string>): Promise<{ address: string; close(): Promise<void> }> {
  const entry = fileURLToPath(new URL("./page.ts", import.meta.url));
  const { outputFiles } = await build({
    ...{ entryPoints: [entry], format: "esm", bundle: true, write: false },
    external: ["transformer-blocks"],
  });
  const made: Record<string, string> = { "/": html, "/page.js": outputFiles[0]!.text };
  return listen(async ({ url = "/" }, response) => {
    const headers = headersOf(extname(url) ? url : "index.html");
    try {
      const body = made[url] ?? (await readFile(join(root, normalize(url))));
      response.writeHead(200, { ...headers, ...more }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
}
