import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Module } from "../../src/blocks";
import { encoderDecoder } from "../../src/models";
import { type Loaded, summarize, translate } from "../../src/tasks";
import { type Ids, tensor, zeros } from "../../src/tensor";
import { type Tokenizer, tokenizerFromJson } from "../../src/tokenizer";

interface Fixture {
  text: string;
  tokenizers: {
    name: string;
    json: Record<string, unknown>;
    config: Record<string, unknown>;
    cases: { source: string; target: string; ids: number[]; first: number }[];
  }[];
}
const { text, tokenizers } = JSON.parse(
  readFileSync(new URL("../fixtures/tasks/languages.json", import.meta.url), "utf8"),
) as Fixture;

/** Writes down what it is given, and writes the same token again and again. */
class Recorder extends Module {
  readonly config: { vocabSize: number; contextLength: number; startToken: number };
  sources: Ids[] = [];
  targets: Ids[] = [];

  constructor({ vocabSize }: Tokenizer, contextLength: number) {
    super();
    this.config = { vocabSize, contextLength, startToken: 2 };
  }

  encode(ids: Ids) {
    this.sources.push(ids);
    return zeros([1, ids[0]!.length, 1] as const);
  }

  decode(ids: Ids) {
    this.targets.push(ids);
    const { vocabSize } = this.config;
    const scores = Array.from({ length: vocabSize }, (_, id) => (id === 5 ? 1 : 0));
    return tensor([ids[0]!.map(() => scores)]);
  }
}

function recording(tokenizer: Tokenizer, config: Record<string, unknown> = {}, contextLength = 24) {
  const model = new Recorder(tokenizer, contextLength);
  const loaded: Loaded = { model, tokenizer, config };
  return { model, loaded };
}

describe("translate tells a multilingual model the languages as transformers does", () => {
  it.each(tokenizers)("$name", async ({ json, config, cases }) => {
    for (const { source, target, ids, first } of cases) {
      const { model, loaded } = recording(tokenizerFromJson(json, config));
      const translation = await translate(loaded, text, { source, target, maxNewTokens: 3 });
      expect(model.sources).toEqual([[ids]]);
      expect(model.targets.at(-1)).toEqual([[2, first, 5]]);
      expect(translation.trim()).toBe("old old");
    }
  });

  const named = (name: string) => {
    const { json, config } = tokenizers.find((one) => one.name === name)!;
    return { json, config };
  };

  it("languages may be given by the token, the name or its first part", async () => {
    const { json, config } = named("mBART");
    const { model, loaded } = recording(tokenizerFromJson(json, config));
    for (const [source, target] of [
      ["en", "de"],
      ["en_XX", "de_DE"],
    ] as const)
      await translate(loaded, text, { source, target, maxNewTokens: 1 });
    expect(model.sources[1]).toEqual(model.sources[0]);
    expect(model.targets[1]).toEqual(model.targets[0]);
  });

  it("languages of the tokenizer's files are used if none are given", async () => {
    const { json, config } = named("M2M-100");
    const { model, loaded } = recording(tokenizerFromJson(json, { ...config, src_lang: "en", tgt_lang: "de" }));
    await translate(loaded, text, { maxNewTokens: 2 });
    const { ids, first } = tokenizers.find(({ name }) => name === "M2M-100")!.cases[0]!;
    expect([model.sources[0], model.targets[1]]).toEqual([[ids], [[2, first]]]);
  });

  it.each([
    [{}, "target is missing: the model translates into many languages"],
    [{ target: "deu" }, "source is missing"],
    [{ source: "eng", target: "de" }, 'target "de" is no language of the model, which has eng_Latn, deu_Latn'],
    [{ source: "zho", target: "deu" }, 'source "zho" is ambiguous: it may be zho_Hans, zho_Hant'],
  ])("%j is refused", async (options, says) => {
    const { json, config } = named("NLLB");
    const { loaded } = recording(tokenizerFromJson(json, config));
    await expect(translate(loaded, text, options)).rejects.toThrow(`translate: ${says}`);
  });

  it("a text that is longer than the model reads is refused with the lengths, or cut beside the language", async () => {
    const { json, config } = named("mBART");
    const { model, loaded } = recording(tokenizerFromJson(json, config), {}, 6);
    const languages = { source: "en", target: "de", maxNewTokens: 1 };
    await expect(translate(loaded, text, languages)).rejects.toThrow(
      "translate: the text has 6 tokens, more than the 4 that the model reads beside 2 special ones",
    );
    await translate(loaded, text, { ...languages, truncation: true });
    expect(model.sources).toEqual([[[4, 5, 6, 7, 2, 12]]]);
  });
});

describe("models that are told in words, or by the first word", () => {
  const vocabulary = [
    "<unk>",
    "<pad>",
    "</s>",
    ">>deu<<",
    ">>fra<<",
    "old",
    "bear",
    "translate",
    "English",
    "to",
    "German",
    ":",
  ];
  const tokenizerOf = (words: string[]) =>
    tokenizerFromJson({
      pre_tokenizer: { type: "WhitespaceSplit" },
      model: { type: "WordLevel", vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: "<unk>" },
    });
  const idsOf = (words: string[], text: string) => text.split(" ").map((word) => Math.max(0, words.indexOf(word)));

  it("multilingual Marian reads the target's token before the text", async () => {
    const { model, loaded } = recording(tokenizerOf(vocabulary));
    await translate(loaded, "old bear", { target: "deu", maxNewTokens: 2 });
    expect(model.sources).toEqual([[[3, 5, 6]]]);
    expect(model.targets[1]).toEqual([[2, 5]]);
    await expect(translate(loaded, "old bear")).rejects.toThrow("target is missing");
    await expect(translate(loaded, "old", { source: "en", target: "deu" })).rejects.toThrow("source has no effect");
  });

  const words = vocabulary.filter((word) => !word.startsWith(">>"));
  it.each([
    [{ model_type: "t5" }, { source: "en", target: "de" }, "translate English to German: old"],
    [{ model_type: "t5" }, { source: "English", target: "German" }, "translate English to German: old"],
    [
      { task_specific_params: { translation_en_to_de: { prefix: "to German : " } } },
      { source: "en", target: "de" },
      "to German : old",
    ],
    [{ task_specific_params: { translation_en_to_de: { prefix: "to German : " } } }, {}, "to German : old"],
    [{ model_type: "t5" }, {}, "old"],
  ])("%j with %j", async (config, languages, expected) => {
    const { model, loaded } = recording(tokenizerOf(words), config);
    await translate(loaded, "old", { ...languages, maxNewTokens: 1 });
    expect(model.sources).toEqual([[idsOf(words, expected)]]);
  });

  it("a model of one pair takes no languages, and T5 both", async () => {
    const one = recording(tokenizerOf(words), { model_type: "marian" });
    await expect(translate(one.loaded, "old", { target: "de" })).rejects.toThrow("target has no effect");
    const t5 = recording(tokenizerOf(words), { model_type: "t5" });
    await expect(translate(t5.loaded, "old", { target: "de" })).rejects.toThrow("source is missing; pass both");
  });

  it("summarize puts the words of the model's files before the text, and takes their settings", async () => {
    const task_specific_params = { summarization: { prefix: "bear : ", max_length: 4, num_beams: 1 } };
    const own = recording(tokenizerOf(words), { task_specific_params });
    expect(await summarize(own.loaded, "old")).toBe("translate translate translate");
    expect(own.model.sources).toEqual([[idsOf(words, "bear : old")]]);
    const t5 = recording(tokenizerOf(words), { model_type: "t5" });
    await summarize(t5.loaded, "old", { maxNewTokens: 1 });
    expect(t5.model.sources).toEqual([[idsOf(words, "summarize: old")]]);
    const bart = recording(tokenizerOf(words), { model_type: "bart" }, 3);
    await summarize(bart.loaded, "old bear", { maxNewTokens: 1 });
    expect(bart.model.sources).toEqual([[idsOf(words, "old bear")]]);
    const long = "old bear old bear";
    await expect(summarize(bart.loaded, long)).rejects.toThrow("summarize: the text has 4 tokens, more than the 3");
    await summarize(bart.loaded, long, { maxNewTokens: 1, truncation: true });
    expect(bart.model.sources[1]).toEqual([idsOf(words, "old bear old")]);
  });

  it("the text ends before a stop string also when it was translated, with beams as well", async () => {
    const tokenizer = tokenizerOf(words);
    const sizes = { vocabSize: words.length, contextLength: 16, dModel: 16, heads: 2, layers: 1, startToken: 1 };
    const loaded: Loaded = { model: encoderDecoder(sizes, { seed: 4 }), tokenizer };
    for (const options of [
      { maxNewTokens: 8, seed: 3 },
      { maxNewTokens: 8, beams: 2, minNewTokens: 8 },
    ]) {
      const whole = await translate(loaded, "old bear", options);
      const stop = whole.split(" ").at(-1)!;
      expect(whole.length).toBeGreaterThan(10);
      expect(await translate(loaded, "old bear", { ...options, stop: [stop] })).toBe(
        whole.slice(0, whole.indexOf(stop)),
      );
    }
  });
});
