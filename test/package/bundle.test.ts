import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { describe, expect, it } from "vitest";
import { relaxed, strict } from "../../src/kernels/wasm/binaries";

/** What a bundler for pages makes of an import. */
async function bundled(code: string): Promise<Metafile["outputs"][string]> {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL("../../src", import.meta.url)) },
    ...{ bundle: true, write: false, metafile: true, minify: true, format: "esm", platform: "browser" },
  });
  return Object.values(metafile.outputs)[0]!;
}

const filesIn = ({ inputs }: Metafile["outputs"][string]) =>
  Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));

describe("what a page bundles", () => {
  it("inference alone leaves out the gradients and the training", async () => {
    const files = filesIn(await bundled('export { fromPretrained, stream } from "./index";'));
    expect(files.filter((file) => file.includes("/generation/"))).not.toEqual([]);
    expect(files.filter((file) => /src\/(tensor\/gradient|training\/|inspect\/)/.test(file))).toEqual([]);
  });

  it("one family leaves out the others", async () => {
    const code = 'import { llama, pretrainedLoader } from "./families"; export const load = pretrainedLoader([llama]);';
    const files = filesIn(await bundled(code)).filter((file) => /families\/(bert|gpt2|llama|marian)\.ts$/.test(file));
    expect(files).toEqual(["src/families/llama.ts"]);
  });

  it("one block is small", async () => {
    const { bytes, inputs } = await bundled('export { initialize, MultiHeadAttention, tensor } from "./index";');
    const binaries = inputs["src/kernels/wasm/binaries.ts"]!.bytesInOutput;
    expect(bytes - binaries).toBeLessThan(45_000);
  });

  it("both binaries of the kernels take 20 KB, compressed as a server sends them", () => {
    expect(gzipSync(strict + relaxed).length).toBeLessThan(20 * 1024);
  });

  it("a tokenizer brings no tensors", async () => {
    const files = filesIn(await bundled('export { tokenizerFromJson } from "./tokenizer";'));
    expect(files.filter((file) => !/src\/(tokenizer\/|errors\.ts)/.test(file) && file !== "<stdin>")).toEqual([]);
  });

  it("everything bundles for a page", async () => {
    expect((await bundled('export * from "./index";')).bytes).toBeGreaterThan(0);
  });
});
