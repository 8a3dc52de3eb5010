import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { describe, expect, it } from "vitest";
import { pureStatements } from "../../scripts/pure-statements";
import * as binaries from "../../src/kernels/wasm/binaries";
import type { tokenizerFromJson } from "../../src/tokenizer";
import { every } from "../../src/tokenizer/json/components/every";
import { type EncodingCase, type Fixture, fixture } from "../tokenizer/fixtures";

const source = fileURLToPath(new URL("../../src", import.meta.url));

/** What a bundler for pages makes of an import. */
async function bundled(code: string, options: BuildOptions = {}): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    ...{ minify: true, format: "esm", platform: "browser" },
    ...options,
    ...{ stdin: { contents: code, resolveDir: source }, bundle: true, write: false, metafile: true },
  });
  return { ...Object.values(metafile.outputs)[0]!, text: outputFiles[0]!.text };
}

/** Leaves what `import(…)` loads to files of their own, as bundlers with code splitting do. */
const apart: Plugin = {
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : undefined));
  },
};

type Bundle = Metafile["outputs"][string] & { text: string };

/** The same from the package, where all of the tokenizers are in one file. */
async function bundledFromPackage(code: string): Promise<string> {
  const { text } = await bundled('export * from "./tokenizer";', { minify: false, plugins: [apart, pureStatements] });
  const published: Plugin = {
    name: "published",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^transformer-blocks/ }, ({ path }) => ({ path, namespace: "published" }));
      onLoad({ filter: /./, namespace: "published" }, () => ({ contents: text }));
    },
  };
  return (await bundled(code, { plugins: [apart, published] })).text;
}

const filesIn = ({ inputs }: Bundle) =>
  Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));

describe("what a page bundles", () => {
  it("inference alone leaves out the gradients and the training", async () => {
    const files = filesIn(await bundled('export { fromPretrained, stream } from "./index";'));
    expect(files.filter((file) => file.includes("/generation/"))).not.toEqual([]);
    expect(files.filter((file) => /src\/(tensor\/gradient|training\/|inspect\/)/.test(file))).toEqual([]);
  });

  it("classify runs no model in a page whose model is in a worker, and brings none", async () => {
    const files = filesIn(await bundled('export { classify, inWorker } from "./index";', { plugins: [apart] }));
    expect(files).toContainEqual(expect.stringMatching(/tasks\/classify\.ts$/));
    expect(files.filter((file) => /src\/(kernels|blocks|models)\//.test(file))).toEqual([]);
  });

  it("a page without chats has no chat templates, and one with chats loads them when it needs them", async () => {
    const isOfTemplates = (file: string) => /@huggingface|tasks\/(chat|jinja)/.test(file);
    const writing = filesIn(await bundled('export { complete, fromPretrained, stream, translate } from "./index";'));
    expect(writing.filter(isOfTemplates)).toEqual([]);
    const chatting = await bundled('export { chat } from "./index";', { plugins: [apart] });
    expect(filesIn(chatting).filter(isOfTemplates)).toContain("src/tasks/chat.ts");
    expect(filesIn(chatting).filter((file) => /@huggingface|jinja/.test(file))).toEqual([]);
  });

  it("one family leaves out the others", async () => {
    const code = 'import { llama, pretrainedLoader } from "./families"; export const load = pretrainedLoader([llama]);';
    const rooms = /families\/(decoder|encoder|encoder-decoder)\//;
    const files = filesIn(await bundled(code)).filter((file) => rooms.test(file));
    const ofLlama = ["code", "facts", "model"].map((part) => `src/families/decoder/llama-${part}.ts`);
    expect(files.sort()).toEqual([...ofLlama, "src/families/decoder/llama.ts"]);
  });

  it("a page bundles only the binaries that it runs", async () => {
    const inference = await bundled('export { initialize, MultiHeadAttention, softmax, tensor } from "./index";');
    const functions = await bundled('export { abs, tensor } from "./index";');
    const quantized = await bundled('export { initialize, MultiHeadAttention, quantize } from "./index";');
    const training = await bundled('export { tensor, valueAndGradients } from "./index";');
    const isIn = ({ text }: Bundle) =>
      Object.entries(binaries).flatMap(([name, binary]) => (name !== "letters" && text.includes(binary) ? [name] : []));
    expect(isIn(inference).sort()).toEqual(["elements", "relaxed", "strict"]);
    expect(isIn(quantized).sort()).toEqual(["elements", "relaxed", "relaxedQuantized", "strict", "strictQuantized"]);
    expect(isIn(functions).sort()).toEqual(["elements", "functions", "relaxed", "strict"]);
    const ofTraining = ["elements", "relaxed", "relaxedTraining", "slopes", "strict", "strictTraining"];
    expect(isIn(training).sort()).toEqual(ofTraining);
    const more = await bundled('export { conv1d, cumulativeSum, tensor, valueAndGradients } from "./index";');
    expect(isIn(more).sort()).toEqual(["convolutions", "elements", "functions", ...ofTraining.slice(1)]);
  });

  it("a tokenizer brings no tensors", async () => {
    const files = filesIn(await bundled('export { tokenizerFromJson } from "./tokenizer";'));
    expect(
      files.filter(
        (file) =>
          !/src\/(tokenizer\/|(errors|checks|describe|visible|fields|nearest|synonyms)\.ts)/.test(file) &&
          file !== "<stdin>",
      ),
    ).toEqual([]);
  });

  it("byte-level BPE takes 15.9 KB, compressed, and gives the ids of the reference", async () => {
    const code =
      'import { bpe, byteLevel, tokenizerLoader } from "transformer-blocks/tokenizer"; export const load = tokenizerLoader([bpe, byteLevel]);';
    const text = await bundledFromPackage(code);
    expect(gzipSync(text).length).toBeLessThanOrEqual(15.9 * 1024);
    const { load }: { load: typeof tokenizerFromJson } = await import(
      `data:text/javascript,${encodeURIComponent(text)}`
    );
    const fixtures = fixture<Fixture<EncodingCase>[]>("encoding/post-processors");
    const { json, cases } = fixtures.find(({ name }) => name === "ByteLevel")!;
    const tokenizer = load(json);
    expect(cases.length).toBeGreaterThan(20);
    for (const { text, pair, addSpecial: special, ids, offsets, decoded } of cases) {
      const encoding = tokenizer.encode(text, { pair, special });
      expect(encoding.ids).toEqual(ids);
      expect(encoding.offsets).toEqual(offsets);
      expect(tokenizer.decode(ids)).toBe(decoded);
    }
  });

  it("a tokenizer's loader is bundled with the components that it is given and no other", async () => {
    const text = await bundledFromPackage(
      'import { bpe, byteLevel, tokenizerLoader } from "transformer-blocks/tokenizer"; export const load = tokenizerLoader([bpe, byteLevel]);',
    );
    const bundledTypes = every.map(({ type }) => type).filter((type) => text.includes(`type:"${type}"`));
    expect(bundledTypes).toEqual(["BPE", "ByteLevel"]);
  });

  it("a tokenizer's loader leaves out the components that it is not given", async () => {
    const names = "bpe, byteLevel, sequence, split, templateProcessing";
    const code = `import { ${names}, tokenizerLoader } from "./tokenizer"; export const load = tokenizerLoader([${names}]);`;
    const files = filesIn(await bundled(code, { plugins: [apart] }));
    expect(files).toContain("src/tokenizer/pipeline/post-processors/template.ts");
    expect(files.filter((file) => /regex|unigram|word-|charsmap|script|grapheme|training|sentence/.test(file))).toEqual(
      ["src/tokenizer/vocabulary/word-cache.ts", "src/tokenizer/pipeline/word-tokenizer.ts"],
    );
  });

  it("no entry but /testing brings the laws, and comparisons alone leave them out", async () => {
    expect(filesIn(await bundled('export * from "./index";')).filter((file) => file.includes("/testing/"))).toEqual([]);
    const code = 'export { close, checkGradients } from "./testing";';
    const files = filesIn(await bundled(code, { external: ["fast-check"] }));
    expect(files.filter((file) => /testing\/laws|src\/blocks/.test(file))).toEqual([]);
  });

  it("every entry point can be bundled for a page", async () => {
    expect((await bundled('export * from "./index";')).bytes).toBeGreaterThan(0);
  });
});
