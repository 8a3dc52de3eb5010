import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/errors";
import { loadTokenizer, tokenizerFromJson } from "../../../src/tokenizer";
import { fixture } from "../fixtures";

interface Directory {
  name: string;
  files: Record<string, string>;
  config: Record<string, unknown>;
  size: number;
  cases: { text: string; ids: number[]; decoded: string }[];
  pair: { ids: number[]; types?: number[] };
}

function file(path: string): Uint8Array {
  return readFileSync(new URL(`../../fixtures/tokenizer/${path}`, import.meta.url));
}

/** A directory of the files given, by name. */
function sourceOf(files: Record<string, Uint8Array | string | undefined>) {
  return {
    read: async (name: string) => {
      const content = files[name];
      return typeof content === "string" ? new TextEncoder().encode(content) : content;
    },
  };
}

function open({ files, config }: Pick<Directory, "files" | "config">) {
  const contents = Object.fromEntries(Object.entries(files).map(([name, path]) => [name, file(path)]));
  return loadTokenizer(sourceOf({ ...contents, "tokenizer_config.json": JSON.stringify(config) }));
}

describe("a directory is read as transformers reads it", () => {
  const directories = fixture<Directory[]>("directories");
  it.each(
    directories.map((directory) => [`${directory.name} ${JSON.stringify(directory.config)}`, directory] as const),
  )("%s", async (_, directory) => {
    const tokenizer = await open(directory);
    for (const { text, ids, decoded } of directory.cases) {
      expect(tokenizer.encode(text).ids, JSON.stringify(text)).toEqual(ids);
      expect(tokenizer.decode(ids), JSON.stringify(text)).toBe(decoded);
    }
    const pair = tokenizer.encode("the fox", { pair: "a b" });
    expect(pair).toMatchObject(directory.pair);
    expect(tokenizer.vocabSize).toBe(directory.size);
  });
});

const llama = { "tokenizer.model": file("sentencepiece/bpe-llama.model") };

it("config.json's model type says how a file is read where no class is named", async () => {
  const t5 = { "spiece.model": file("directories/t5.model") };
  const named = await loadTokenizer(sourceOf({ ...t5, "tokenizer_config.json": '{"tokenizer_class":"T5Tokenizer"}' }));
  const typed = await loadTokenizer(sourceOf({ ...t5, "config.json": '{"model_type":"t5"}' }));
  expect(typed.encode("The quick fox").ids).toEqual(named.encode("The quick fox").ids);
});

const marian = {
  "source.spm": file("sentencepiece/unigram.model"),
  "target.spm": file("sentencepiece/bpe.model"),
  "vocab.json": new TextDecoder().decode(file("directories/marian-vocab.json")),
};

it("Marian's special tokens are kept where they are wanted, and its tokenizer.json is as near as can be", async () => {
  const tokenizer = await loadTokenizer(sourceOf(marian));
  const ids = [...tokenizer.encode("the fox").ids, ...tokenizer.encode("The").ids];
  expect(tokenizer.decode(ids, { skipSpecial: false })).toBe("the fox</s> The</s>");
  const stream = tokenizer.decodeStream();
  expect(ids.map((id) => stream.push(id)).join("") + stream.end()).toBe(tokenizer.decode(ids));
  expect(tokenizer.special).toEqual({ unk: 1, eos: 0, pad: tokenizer.vocabSize - 1 });
  const again = tokenizerFromJson(JSON.stringify(tokenizer.toJson()));
  const text = "The quick brown fox";
  expect(again.encode(text).ids).toEqual(tokenizer.encode(text).ids);
  expect(tokenizer.config.tokenizer_class).toBe("PreTrainedTokenizerFast");
  expect(again.vocabSize).toBe(tokenizer.vocabSize);
});

it("an empty directory is refused with the names of the files that were looked for", async () => {
  await expect(loadTokenizer(sourceOf({}))).rejects.toThrow(/tokenizer\.json/);
});

describe("a malformed directory is refused, and its file named", () => {
  const config = (settings: object) => ({ ...llama, "tokenizer_config.json": JSON.stringify(settings) });
  const llamaConfig = (settings: object) => config({ tokenizer_class: "LlamaTokenizer", ...settings });
  it.each<[string, Record<string, Uint8Array | string | undefined>, string | RegExp, string | undefined]>([
    ["nothing in it", {}, "source", "tokenizer.json"],
    ["another class", config({ tokenizer_class: "NllbTokenizer" }), /_config\.json$/, "tokenizer_class"],
    ["a prototype's field as class", config({ tokenizer_class: "constructor" }), /_config\.json$/, "tokenizer_class"],
    ["a flag as text", llamaConfig({ add_bos_token: "yes" }), "tokenizer_config.json", "add_bos_token"],
    ["a prefix as number", llamaConfig({ add_prefix_space: 1 }), "tokenizer_config.json", "add_prefix_space"],
    [
      "added tokens as list",
      llamaConfig({ added_tokens_decoder: [] }),
      "tokenizer_config.json",
      "added_tokens_decoder",
    ],
    [
      "an id that is none",
      llamaConfig({ added_tokens_decoder: { x: { content: "x" } } }),
      "tokenizer_config.json",
      "added_tokens_decoder",
    ],
    [
      "an added token without content",
      llamaConfig({ added_tokens_decoder: { 7: {} } }),
      "tokenizer_config.json",
      "added_tokens_decoder.7.content",
    ],
    [
      "sentinels without end",
      config({ tokenizer_class: "T5Tokenizer", extra_ids: 1e9 }),
      "tokenizer_config.json",
      "extra_ids",
    ],
    [
      "a language that is none",
      config({ tokenizer_class: "MBartTokenizer", src_lang: "xx_XX" }),
      /_config\.json$/,
      "src_lang",
    ],
    [
      "no room before the pieces",
      config({ tokenizer_class: "PegasusTokenizer", offset: 3 }),
      /_config\.json$/,
      "offset",
    ],
    ["room without end", config({ tokenizer_class: "PegasusTokenizer", offset: 1e9 }), /_config\.json$/, "offset"],
    [
      "a model cut short",
      { "tokenizer.model": llama["tokenizer.model"].subarray(0, 50) },
      /tokenizer\.model$/,
      "byte 46",
    ],
    ["ranks without every byte", { "tokenizer.model": "YQ== 0\nYg== 1\n" }, /tokenizer\.model$/, undefined],
    ["ranks that break off", { "tokenizer.model": "YQ== 0\nYg==" }, /tokenizer\.model$/, "line 2"],
    ["Marian without target", { ...marian, "target.spm": undefined }, "source", "target.spm"],
    ["Marian's vocabulary as list", { ...marian, "vocab.json": "[]" }, "vocab.json", undefined],
    ["Marian's vocabulary with a hole", { ...marian, "vocab.json": '{"<unk>":0,"</s>":2}' }, /vocab\.json$/, '"</s>"'],
    ["Marian's vocabulary with an id twice", { ...marian, "vocab.json": '{"a":1,"b":1}' }, /vocab\.json$/, '"b"'],
    ["Marian's vocabulary without the unknown", { ...marian, "vocab.json": '{"</s>":0}' }, /vocab\.json$/, undefined],
    ["Marian's vocabulary without an end", { ...marian, "vocab.json": '{"<unk>":0}' }, /vocab\.json$/, undefined],
    [
      "Marian with two vocabularies",
      { ...config({ separate_vocabs: true }), ...marian, "tokenizer.model": undefined },
      "tokenizer_config.json",
      "separate_vocabs",
    ],
    ["a vocab.json of numbers", { "vocab.json": "[1]", "merges.txt": "" }, "vocab.json", undefined],
    ["merges of one", { "vocab.json": '{"a":0}', "merges.txt": "a" }, "merges.txt", "line 1"],
    ["a vocab.txt that is not UTF-8", { "vocab.txt": Uint8Array.of(0xff) }, /vocab\.txt$/, undefined],
  ])("%s", async (_, files, name, at) => {
    const error = await loadTokenizer(sourceOf(files)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    const { problem } = error as FormatError;
    expect(problem.file).toMatch(name);
    expect(problem.at).toBe(at);
  });
});
