import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The files of each model that comes with the page: it asks for no others, so that no request fails. */
const shippedFiles = Object.fromEntries(
  readdirSync(here("../models")).map((name) => [
    name,
    readdirSync(here(`../models/${name}`)).filter((file) => /\.(json|txt|jinja|safetensors)$/.test(file)),
  ]),
);

/** Only what the page needs: its own files, WebAssembly, and models from any address that the visitor gives. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' https: http:",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Not while developing: Vite then puts styles into the page. */
const contentSecurityPolicy: Plugin = {
  name: "content-security-policy",
  apply: "build",
  transformIndexHtml: () => [
    { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: policy }, injectTo: "head-prepend" },
  ],
};

/** Tells the service worker which files the page consists of. */
const listOfFiles: Plugin = {
  name: "list-of-files",
  apply: "build",
  generateBundle: {
    order: "post",
    handler(_, bundle) {
      const worker = bundle["service-worker.js"];
      if (worker?.type !== "chunk") return;
      const files = Object.keys(bundle).filter((file) => file !== worker.fileName);
      worker.code = worker.code.replace("__FILES__", JSON.stringify(["./", ...files]));
    },
  },
};

export default defineConfig({
  root: here("."),
  // Any folder of any server.
  base: "./",
  // The models lie beside the page: story/, fill/ …
  publicDir: here("../models"),
  define: { SHIPPED_FILES: JSON.stringify(shippedFiles) },
  resolve: {
    alias: [
      { find: /^transformer-blocks$/, replacement: here("../../src/index.ts") },
      { find: /^transformer-blocks\/(.*)$/, replacement: here("../../src/$1/index.ts") },
    ],
  },
  build: {
    outDir: here("dist"),
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      input: { index: here("index.html"), "service-worker": here("service-worker.ts") },
      checks: { ineffectiveDynamicImport: false, pluginTimings: false },
      output: {
        // Otherwise each part of a tokenizer is a small file of its own, which the first result would wait for.
        codeSplitting: {
          groups: [{ name: "library", test: /[\\/]src[\\/](?!families[\\/](decoder|encoder|encoder-decoder)[\\/])/ }],
        },
        entryFileNames: ({ name }) => (name === "service-worker" ? "service-worker.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  plugins: [contentSecurityPolicy, listOfFiles],
});
