import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fromPretrained, savePretrained } from "../../src/families";
import { bert, gpt } from "../../src/models";
import { answer, classify, embed, rank } from "../../src/tasks";
import { characterTokenizer, tokenizerFromJson } from "../../src/tokenizer";
import { memory } from "../families/fixture";

const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
const bytes = (file: string) => new Uint8Array(readFileSync(join(fixtures, file)));
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const tokenizer = tokenizerFromJson(JSON.parse(new TextDecoder().decode(bytes("tasks/tokenizer.json"))));

/** Written by test/reference/sentence_fixture.py: what sentence-transformers gives. */
const expected: {
  texts: string[];
  prompt: string;
  modes: { mode: string | string[]; vectors: number[][] }[];
  withoutPrompt: { mode: string | string[]; vectors: number[][] }[];
  chain: number[][];
} = JSON.parse(new TextDecoder().decode(bytes("tasks/sentence.json")));

const named = (kind: string, path: string) => ({ path, type: `sentence_transformers.models.${kind}` });
const pooled = [named("Transformer", ""), named("Pooling", "1_Pooling")];

/** The tiny BERT of the fixtures, as a sentence encoder with these files. */
const source = (files: Record<string, Uint8Array>) =>
  memory(
    new Map([
      ...["config.json", "model.safetensors"].map((file) => [file, bytes(`models/bert-base/${file}`)] as const),
      ["tokenizer.json", bytes("tasks/tokenizer.json")] as const,
      ...Object.entries(files),
    ]),
  );
const load = async (files: Record<string, Uint8Array>) => fromPretrained(source(files));
const pooling = (config: object) => ({ "modules.json": json(pooled), "1_Pooling/config.json": json(config) });

function expectNear(found: readonly Float32Array[], wanted: readonly (readonly number[])[]): void {
  expect(found.map(({ length }) => length)).toEqual(wanted.map(({ length }) => length));
  for (const [i, vector] of wanted.entries())
    for (const [j, x] of vector.entries()) expect(Math.abs(found[i]![j]! - x)).toBeLessThanOrEqual(1e-5);
}

describe("embed gives what sentence-transformers gives", () => {
  it.each(expected.modes.map(({ mode, vectors }) => [String(mode), mode, vectors] as const))(
    "for the pooling %s",
    async (_, mode, vectors) => {
      expectNear(await embed(await load(pooling({ pooling_mode: mode })), expected.texts), vectors);
      const older = Object.fromEntries(
        [mode].flat().map((one) => [`pooling_mode_${older_names[one as keyof typeof older_names]}`, true]),
      );
      // Older files say no order: the vectors of several modes are joined in that of sentence-transformers.
      if (typeof mode === "string") expectNear(await embed(await load(pooling(older)), expected.texts), vectors);
    },
  );

  it.each(expected.withoutPrompt.map(({ mode, vectors }) => [String(mode), mode, vectors] as const))(
    "for the pooling %s without the tokens of the prompt",
    async (_, mode, vectors) => {
      const loaded = await load(pooling({ pooling_mode: mode, include_prompt: false }));
      expectNear(await embed(loaded, expected.texts, { prompt: expected.prompt }), vectors);
    },
  );

  it("for dense and normalization modules in any order, also after saving", async () => {
    const modules = [
      ...pooled,
      named("Dense", "2_Dense"),
      named("Normalize", "3_Normalize"),
      named("Dropout", "4_Dropout"),
      { path: "5_Dense", type: "sentence_transformers.base.modules.dense.Dense" },
    ];
    const loaded = await load({
      ...{ "modules.json": json(modules), "1_Pooling/config.json": json({ pooling_mode: "mean" }) },
      ...{ "2_Dense/config.json": bytes("tasks/sentence-dense/config.json") },
      ...{ "2_Dense/model.safetensors": bytes("tasks/sentence-dense/model.safetensors") },
      ...{ "5_Dense/config.json": bytes("tasks/sentence-residual/config.json") },
      ...{ "5_Dense/model.safetensors": bytes("tasks/sentence-residual/model.safetensors") },
    });
    expectNear(await embed(loaded, expected.texts), expected.chain);
    const target = memory();
    await savePretrained(loaded, target);
    expectNear(await embed(await fromPretrained(target), expected.texts), expected.chain);
  });
});

const older_names = {
  cls: "cls_token",
  max: "max_tokens",
  mean: "mean_tokens",
  mean_sqrt_len_tokens: "mean_sqrt_len_tokens",
  weightedmean: "weightedmean_tokens",
  lasttoken: "lasttoken",
};

describe("prompts", () => {
  const prompts = { prompts: { query: "the old ", document: "" }, default_prompt_name: "query" };
  const loaded = load({ "config_sentence_transformers.json": json(prompts) });

  it("are chosen by name, or given", async () => {
    const plain = await embed(await load({}), ["the old bear", "bear", "big bear"]);
    const of = async (options: object) => (await embed(await loaded, ["bear"], options))[0];
    expect(await of({})).toEqual(plain[0]);
    expect(await of({ promptName: "document" })).toEqual(plain[1]);
    expect(await of({ prompt: "big " })).toEqual(plain[2]);
  });

  it("that are not in the files are refused, with those that are", async () => {
    await expect(embed(await loaded, ["bear"], { promptName: "passage" })).rejects.toThrow(
      'embed: promptName "passage" is not in config_sentence_transformers.json; its prompts are query, document',
    );
    await expect(embed(await loaded, ["bear"], { promptName: "query", prompt: "" })).rejects.toThrow(/no effect/);
  });
});

describe("a dense module that lies is a FormatError", () => {
  const config = JSON.parse(new TextDecoder().decode(bytes("tasks/sentence-dense/config.json")));
  const weights = bytes("tasks/sentence-dense/model.safetensors");
  it.each([
    [config, undefined, "2_Dense/model.safetensors: found no such file"],
    [{ ...config, out_features: 7 }, weights, 'tensor "linear.weight": found shape [12, 32], expected [7, 32]'],
    [{ ...config, in_features: "wide" }, weights, "2_Dense/config.json: in_features"],
    [{ ...config, activation_function: "torch.nn.Softplus" }, weights, "2_Dense/config.json: activation_function"],
    [{ ...config, module_input_name: "scores" }, weights, "2_Dense/config.json: module_input_name"],
    [{ ...config, use_residual: true }, weights, 'tensor "residual.weight": found no such tensor'],
  ])("%j", async (fields, file, message) => {
    const loaded = await load({
      ...{ "modules.json": json([...pooled, named("Dense", "2_Dense")]), "1_Pooling/config.json": json({}) },
      ...{ "2_Dense/config.json": json(fields), ...(file && { "2_Dense/model.safetensors": file }) },
    });
    await expect(embed(loaded, ["bear"])).rejects.toThrow(message);
  });
});

const sizes = { vocabSize: 40, contextLength: 16, dModel: 8, heads: 2, layers: 1 };
const ranker = (config?: object) => ({
  model: bert({ ...sizes, head: { kind: "sequenceClass", labels: 1 } }, { seed: 4 }),
  tokenizer,
  ...(config && { config: config as Record<string, unknown> }),
});
const query = "who sees a boat?";
const documents = [
  "the bear sees a boat",
  "a red tree",
  "a girl finds the river . the fox builds a big small old boat",
];

describe("rank", () => {
  const logit = (text: string) => {
    const { ids, types } = tokenizer.encode(query, { pair: text, maxLength: 16, truncation: true });
    return ranker().model.forward([ids], { types: [types] }).data[0]!;
  };

  it("scores each pair by itself, the best first, and cuts what is too long if asked", async () => {
    const found = await rank(ranker(), query, documents, { truncation: true });
    expect(found.map(({ index }) => documents[index])).toEqual(found.map(({ text }) => text));
    for (const { text, score } of found) expect(score).toBeCloseTo(1 / (1 + Math.exp(-logit(text))), 6);
    expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));
    expect(await rank(ranker(), query, documents, { top: 1, truncation: true })).toEqual(found.slice(0, 1));
  });

  it.each([
    [{ sentence_transformers: { activation_fn: "torch.nn.modules.linear.Identity" } }, (x: number) => x],
    [{ sbert_ce_default_activation_function: "torch.nn.modules.activation.Tanh" }, Math.tanh],
    [{ sbert_ce_default_activation_function: null }, (x: number) => 1 / (1 + Math.exp(-x))],
  ])("takes the function of the score from %j", async (config, f) => {
    for (const { text, score } of await rank(ranker(config), query, documents, { truncation: true }))
      expect(score).toBeCloseTo(f(logit(text)), 6);
  });

  it("refuses models without one label for a text, and functions that it does not have", async () => {
    const several = { model: bert({ ...sizes, head: { kind: "sequenceClass", labels: 2 } }, { seed: 4 }), tokenizer };
    await expect(rank(several, query, documents)).rejects.toThrow("rank: the model is not a reranker; its head has 2");
    await expect(rank({ model: bert(sizes, { seed: 4 }), tokenizer }, query, documents)).rejects.toThrow(
      "rank: the model is not a reranker; it needs a sequenceClass head",
    );
    const softmax = { sentence_transformers: { activation_fn: "torch.nn.Softmax" } };
    await expect(rank(ranker(softmax), query, documents)).rejects.toThrow(/activation_fn "torch.nn.Softmax"/);
  });
});

describe("models without two token types", () => {
  const plain = (head: "sequenceClass" | "questionAnswering", typeVocabSize?: number) => ({
    model: bert(
      { ...sizes, typeVocabSize, head: head === "sequenceClass" ? { kind: head, labels: 2 } : { kind: head } },
      {
        seed: 4,
      },
    ),
    tokenizer,
  });

  it.each([1, 2])("take pairs of texts without their types (%d)", async (count) => {
    const { model } = plain("sequenceClass", count);
    const { ids, types } = tokenizer.encode("the bear", { pair: "a boat" });
    const wanted = model.forward([ids], count === 2 ? { types: [types] } : {}).data;
    const found = await classify({ model, tokenizer }, ["the bear", "a boat"]);
    const [first, second] = wanted as unknown as [number, number];
    const score = found.find(({ label }) => label === "LABEL_0")!.score;
    expect(score).toBeCloseTo(1 / (1 + Math.exp(second - first)), 5);
  });

  it("find answers in the context only", async () => {
    const [question, context] = ["who sees a boat?", "the bear sees the river"];
    const found = await answer(plain("questionAnswering", 1), { question, context });
    expect(context.slice(found.start, found.end)).toBe(found.text);
  });
});

it("decoders embed texts too, by their last token if asked", async () => {
  const letters = characterTokenizer(["abc"]);
  const model = gpt({ vocabSize: letters.vocabSize, contextLength: 8, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
  const [vector] = await embed({ model, tokenizer: letters }, ["abc"], { pooling: "last", normalize: false });
  expect([...vector!]).toEqual((model.hidden([letters.encode("abc").ids]).toArray() as number[][][])[0]!.at(-1));
});
