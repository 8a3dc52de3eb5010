import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Embedding } from "../../src/blocks";
import { readSafetensors, type WritableTensor, writeSafetensors } from "../../src/checkpoint";
import { fromPretrained, type Pretrained, savePretrained } from "../../src/families";
import { DecoderModel, EncoderModel } from "../../src/models";
import { answer, classify, complete, embed, fillMask, type Loaded, rank, stream, translate } from "../../src/tasks";
import { FormatError, type Ids, softmax, Tensor } from "../../src/tensor";
import { tokenizerFromJson, trainBpe } from "../../src/tokenizer";
import { inMemory, memory } from "../families/fixture";

const fixtures = new URL("../fixtures/tasks/", import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, fixtures), "utf8"));
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

/** A tiny random BERT with the word tokenizer of the fixtures, and with other files and config fields. */
async function load(name: string, files: Record<string, unknown> = {}, config: object = {}): Promise<Pretrained> {
  const all = inMemory(name);
  const own = JSON.parse(new TextDecoder().decode(all.get("config.json")));
  all
    .set("config.json", bytes({ ...own, ...config }))
    .set("tokenizer.json", readFileSync(new URL("tokenizer.json", fixtures)));
  for (const [file, content] of Object.entries(files))
    all.set(file, content instanceof Uint8Array ? content : bytes(content));
  return fromPretrained(memory(all));
}

/** The weights of the classifier with its first label alone. */
function firstLabel(): Uint8Array {
  const { tensors } = readSafetensors(inMemory("bert-sequence").get("model.safetensors")!);
  const kept = [...tensors].map(([name, one]): [string, WritableTensor] => {
    const { shape } = one;
    const data = one.toFloat32();
    if (!name.startsWith("classifier.")) return [name, { shape, data }];
    return [name, { shape: [1, ...shape.slice(1)], data: data.slice(0, data.length / shape[0]!) }];
  });
  return writeSafetensors(new Map(kept));
}

interface Classified {
  labels: number;
  problem: string | null;
  text: string | [string, string];
  scores: Record<string, number>;
}

describe("classify gives the scores that config.json says, as transformers does", () => {
  it.each(read("problem-types.json") as Classified[])(
    "$problem, $labels labels, $text",
    async ({ labels, problem, text, scores }) => {
      const one = { id2label: { 0: "LABEL_0" }, label2id: { LABEL_0: 0 } };
      const loaded =
        labels === 1
          ? await load("bert-sequence", { "model.safetensors": firstLabel() }, { problem_type: problem, ...one })
          : await load("bert-sequence", {}, { problem_type: problem });
      const found = await classify(loaded, text);
      expect(found).toHaveLength(labels);
      for (const { label, score } of found) expect(score).toBeCloseTo(scores[label]!, 5);
      expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));
      expect(await classify(loaded, text, { top: 1 })).toEqual(found.slice(0, 1));
    },
  );
});

const transformer = { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" };
const pooling = { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" };
const normalize = { idx: 2, name: "2", path: "2_Normalize", type: "sentence_transformers.models.Normalize" };
const modes = (...names: string[]) => ({
  word_embedding_dimension: 32,
  ...Object.fromEntries(
    ["cls_token", "mean_tokens", "max_tokens", "lasttoken"].map((name) => [
      `pooling_mode_${name}`,
      names.includes(name),
    ]),
  ),
});

describe("embed does what the files of a sentence encoder say", () => {
  const texts = ["The old bear.", "A girl finds the red tree."];
  const plain = load("bert-base");
  const of = async (files: Record<string, unknown>, options = {}) =>
    embed(await load("bert-base", files), texts, options);

  it.each([
    ["cls_token", "first"],
    ["mean_tokens", "mean"],
    ["max_tokens", "max"],
    ["lasttoken", "last"],
  ] as const)("pooling_mode_%s is %s", async (mode, name) => {
    const files = { "modules.json": [transformer, pooling], "1_Pooling/config.json": modes(mode) };
    const expected = await embed(await plain, texts, { pooling: name, normalize: false });
    expect(await of(files)).toEqual(expected);
    expect(await of({ "1_Pooling/config.json": modes(mode) }, { normalize: false })).toEqual(expected);
    expect(await of({ ...files, "modules.json": [transformer, pooling, normalize] })).toEqual(
      await embed(await plain, texts, { pooling: name, normalize: true }),
    );
    expect(await of(files, { pooling: "mean", normalize: true })).toEqual(await embed(await plain, texts));
    const word = mode.replace("_tokens", "").replace("_token", "");
    for (const newer of [word, [word]])
      expect(await of({ ...files, "1_Pooling/config.json": { pooling_mode: newer } })).toEqual(expected);
  });

  it.each([{}, { word_embedding_dimension: 32 }, { pooling_mode_cls_token: false }])(
    "%j is the mean",
    async (config) => {
      const files = { "modules.json": [transformer, pooling], "1_Pooling/config.json": config };
      expect(await of(files, { normalize: true })).toEqual(await embed(await plain, texts));
    },
  );

  it("pools by formulas", async () => {
    const { model, tokenizer } = await plain;
    const { ids, types } = tokenizer.encode(texts[0]!);
    if (!("hidden" in model) || !("types" in model)) throw new Error("no encoder");
    const [rows] = model.hidden([ids], { types: [types] }).toArray() as number[][][];
    const each = (make: (column: number[]) => number) => rows![0]!.map((_, i) => make(rows!.map((row) => row[i]!)));
    for (const [name, make] of [
      ["first", (column: number[]) => column[0]!],
      ["last", (column: number[]) => column.at(-1)!],
      ["max", (column: number[]) => Math.max(...column)],
      ["mean", (column: number[]) => column.reduce((a, b) => a + b) / column.length],
    ] as const) {
      const [vector] = await embed(await plain, [texts[0]!], { pooling: name, normalize: false });
      expect(vector).toHaveLength(rows![0]!.length);
      each(make).forEach((x, i) => {
        expect(vector![i]).toBeCloseTo(x, 6);
      });
    }
  });

  it("cuts texts to max_seq_length, and lowers case", async () => {
    const cased = tokenizerFromJson({ ...read("tokenizer.json"), normalizer: null });
    const files = {
      "tokenizer.json": cased.toJson(),
      "sentence_bert_config.json": { max_seq_length: 5, do_lower_case: true },
    };
    const [long, short] = await embed(await load("bert-base", files), ["THE old BEAR sees a boat.", "the old bear"]);
    expect(long).toEqual(short);
    const [upper, lower] = await embed(await load("bert-base", { "tokenizer.json": cased.toJson() }), ["THE", "the"]);
    expect(upper).not.toEqual(lower);
    expect((await embed(await load("bert-base", files), ["THE"]))[0]).toEqual(lower);
  });

  it("gives zeros where there is no direction, not NaN", async () => {
    const loaded = await load("bert-base");
    for (const parameter of loaded.model.parameters().values()) parameter.assign(new Float32Array(parameter.size));
    expect((await embed(loaded, ["the"]))[0]!.every((x) => x === 0)).toBe(true);
  });

  it("takes an encoder with a head by its hidden states", async () => {
    const loaded = await load("bert-masked-lm");
    const { model, tokenizer } = loaded;
    if (!(model instanceof EncoderModel)) throw new Error("no encoder");
    const { ids } = tokenizer.encode("the");
    const [first] = await embed(loaded, ["the"], { pooling: "first", normalize: false });
    expect([...first!]).toEqual((model.hidden([ids]).toArray() as number[][][])[0]![0]);
  });

  it("puts the default prompt before each text", async () => {
    const prompts = { prompts: { query: "the old " }, default_prompt_name: "query" };
    expect(await embed(await load("bert-base", { "config_sentence_transformers.json": prompts }), ["bear"])).toEqual(
      await embed(await plain, ["the old bear"]),
    );
  });

  it.each([
    [
      { "modules.json": [transformer, { ...pooling, type: "sentence_transformers.models.Dense" }] },
      "modules.json: [1].type: found Dense, expected a Transformer, then a Pooling",
    ],
    [{ "modules.json": [{ ...transformer, type: 5 }] }, "modules.json: [0].type: found 5"],
    [{ "modules.json": [{ path: "" }] }, "modules.json: [0].type: found nothing"],
    [{ "modules.json": [3] }, "modules.json: [0].type: found nothing"],
    [{ "1_Pooling/config.json": [] }, "1_Pooling/config.json: found another kind of JSON, expected an object"],
    [{ "sentence_bert_config.json": "5" }, "sentence_bert_config.json: found another kind of JSON"],
    [{ "config_sentence_transformers.json": "null" }, "config_sentence_transformers.json: found another kind"],
    [
      { "config_sentence_transformers.json": { prompts: { 5: "the " }, default_prompt_name: 5 } },
      "config_sentence_transformers.json: default_prompt_name",
    ],
    [{ "modules.json": [pooling, transformer] }, "modules.json: [0].type: found Pooling"],
    [{ "modules.json": {} }, "modules.json: found another kind of JSON"],
    [{ "modules.json": "[" }, "modules.json"],
    [
      { "1_Pooling/config.json": { pooling_mode_attention_tokens: true } },
      "pooling_mode_attention_tokens: found true, expected one of pooling_mode_cls_token, pooling_mode_max_tokens",
    ],
    [{ "1_Pooling/config.json": { pooling_mode_cls_token: "yes" } }, "pooling_mode_cls_token"],
    [
      { "1_Pooling/config.json": { pooling_mode: "attention" } },
      '1_Pooling/config.json: pooling_mode: found "attention", expected one of cls, max, mean, mean_sqrt_len_tokens',
    ],
    [{ "1_Pooling/config.json": { pooling_mode: ["cls", "least"] } }, "1_Pooling/config.json: pooling_mode"],
    [{ "1_Pooling/config.json": { pooling_mode: 3 } }, "1_Pooling/config.json: pooling_mode"],
    [{ "modules.json": [transformer, pooling] }, "1_Pooling/config.json: found no such file"],
    [
      { "modules.json": [{ ...transformer, path: "0_Transformer" }, pooling] },
      'modules.json: [0].path: found "0_Transformer", expected "", where config.json is',
    ],
    [
      { "modules.json": [transformer, { ...pooling, path: "../x" }] },
      'modules.json: [1].path: found "../x", expected the name of a folder',
    ],
    [{ "modules.json": [transformer, { ...pooling, path: 5 }] }, "modules.json: [1].path: found 5"],
    [{ "modules.json": [{ ...transformer, type: "custom.Transformer" }] }, 'modules.json: [0].type: found "custom.'],
    [{ "sentence_bert_config.json": { max_seq_length: "long" } }, "sentence_bert_config.json: max_seq_length"],
    [{ "sentence_bert_config.json": { do_lower_case: 1 } }, "sentence_bert_config.json: do_lower_case"],
    [{ "config_sentence_transformers.json": { default_prompt_name: "query" } }, "default_prompt_name"],
  ])("%j is a FormatError that names file and field", async (files, message) => {
    const embedding = of(files);
    await expect(embedding).rejects.toThrow(FormatError);
    await expect(embedding).rejects.toThrow(message);
  });

  it.each([
    [{ prompts: { query: "the " }, default_prompt_name: "query" }, { include_prompt: true }, "the "],
    [{ prompts: { query: "" }, default_prompt_name: "query" }, { include_prompt: false }, ""],
    [{ prompts: { query: "the " }, default_prompt_name: null }, { include_prompt: false }, ""],
  ])("a prompt that is pooled, or none: %j with %j", async (prompts, included, prompt) => {
    const files = {
      "config_sentence_transformers.json": prompts,
      "1_Pooling/config.json": { ...modes("mean_tokens"), ...included },
    };
    expect(await of(files)).toEqual(
      await embed(
        await plain,
        texts.map((text) => prompt + text),
      ),
    );
  });

  it("and the caller's pooling goes before one that is not offered", async () => {
    const files = { "1_Pooling/config.json": { pooling_mode_weightedmean_tokens: true } };
    expect(await of(files, { pooling: "max" })).toEqual(await embed(await plain, texts, { pooling: "max" }));
  });

  it("also after saving, however the model is handed over", async () => {
    const loaded = await load("bert-base", {
      "modules.json": [transformer, pooling],
      "1_Pooling/config.json": modes("max_tokens"),
    });
    const { model, tokenizer, config } = loaded;
    const target = memory();
    await savePretrained({ model, tokenizer, config }, target);
    const expected = await embed(loaded, texts);
    expect(await embed({ model, tokenizer, config }, texts)).toEqual(expected);
    expect(await embed(await fromPretrained(target), texts)).toEqual(expected);
  });
});

/** Writes one token after another as it was told, whatever it reads. */
class Scripted extends DecoderModel {
  readonly script: readonly number[];

  constructor(vocabSize: number, script: readonly number[]) {
    super({
      vocabSize,
      contextLength: script.length + 1,
      embedding: new Embedding({ vocabSize, dModel: 4 }),
      blocks: [],
    });
    this.script = script;
  }

  override forward(ids: Ids): Tensor<readonly [number, number, number]> {
    const { vocabSize } = this.config;
    const seq = ids[0]!.length;
    const logits = new Float32Array(seq * vocabSize);
    for (let at = 0; at < seq; at++) logits[at * vocabSize + (this.script[at] ?? 0)] = 9;
    return new Tensor([1, seq, vocabSize], logits);
  }
}

describe("stop strings may hold special tokens, by their text", () => {
  const tokenizer = trainBpe(["abcabcabd"], { vocabSize: 262, specialTokens: ["<|end|>", "<|x|>"] });

  const written = async (tokens: readonly string[], stop: string[]) => {
    const script = tokens.map((token) => tokenizer.tokenToId(token)!);
    const loaded = { model: new Scripted(tokenizer.vocabSize, script), tokenizer, config: {} };
    const pieces: string[] = [];
    const options = { stop, maxNewTokens: script.length, cache: false };
    for await (const piece of stream(loaded, "d", options)) pieces.push(piece);
    expect(pieces).not.toContain("");
    expect(await complete(loaded, "d", options)).toBe(pieces.join(""));
    return pieces.join("");
  };

  it.each([
    [["a", "b", "<|end|>", "c"], ["<|end|>"], "ab"],
    [["a", "b", "<|x|>", "c"], ["<|end|>"], "abc"],
    [["a", "b", "<|end|>", "c", "d"], ["<|end|>c"], "ab"],
    [["a", "<|end|>", "b", "<|end|>", "c", "d"], ["<|end|>c"], "ab"],
    [["a", "b", "<|end|>", "c"], ["b<|end|>"], "a"],
    [["a", "b", "<|x|>", "<|end|>", "c"], ["<|x|><|end|>"], "ab"],
    [["a", "<", "|", "e", "n", "d", "|", ">", "c"], ["<|end|>"], "a"],
    [["a", "b", "<|end|>", "c"], ["nd|>c", "bc"], "ab"],
    [["a", "b", "<|end|>", "c"], ["x"], "abc"],
    [["a", "b", "<|end|>", "c"], ["aa", "bb", "cc"], "abc"],
    [["a", "b", "<|end|>"], ["<|end|><"], "ab"],
  ])("%j up to %j is %s", async (tokens, stop, expected) => {
    expect(await written(tokens, stop)).toBe(expected);
  });
});

it("a text without tokens is refused, where it would give no numbers", async () => {
  const bare = { "tokenizer.json": { ...read("tokenizer.json"), post_processor: null } };
  await expect(embed(await load("bert-base", bare), ["the", " "])).rejects.toThrow("embed: texts[1] has no tokens");
  await expect(classify(await load("bert-sequence", bare), "")).rejects.toThrow("classify: the text has no tokens");
});

it("token types are left out where tokenizer_config.json does not list them among what the model takes", async () => {
  const pair = ["the old bear", "the red tree"] as const;
  const found = async (names: string[] | undefined) =>
    classify(await load("bert-sequence", { "tokenizer_config.json": { model_input_names: names } }), pair);
  const { model, tokenizer } = await load("bert-sequence");
  if (!(model instanceof EncoderModel)) throw new Error("no encoder");
  const { ids, types } = tokenizer.encode(pair[0], { pair: pair[1] });
  const best = (given: number[][] | undefined) => Math.max(...softmax(model.forward([ids], { types: given })).data);
  expect((await found(["input_ids", "token_type_ids"]))[0]!.score).toBe(best([types]));
  expect((await found(undefined))[0]!.score).toBe(best([types]));
  expect((await found(["input_ids", "attention_mask"]))[0]!.score).toBe(best(undefined));
  expect(best([types])).not.toBe(best(undefined));
});

const untyped = <T>(value: unknown) => value as T;

describe("tasks refuse what they do not know", () => {
  const story: Promise<Loaded> = load("gpt2");
  const calls: [name: string, call: () => Promise<unknown>, message: string][] = [
    [
      "embed, pool",
      async () => embed(await load("bert-base"), ["the"], untyped({ pool: "first" })),
      'embed: there is no option "pool"; did you mean "pooling"?',
    ],
    [
      "embed, a pooling",
      async () => embed(await load("bert-base"), ["the"], untyped({ pooling: "cls" })),
      'pooling must be "mean" or',
    ],
    [
      "embed, normalize",
      async () => embed(await load("bert-base"), ["the"], untyped({ normalize: "no" })),
      "embed: normalize must be true or false",
    ],
    [
      "embed, a text",
      async () => embed(await load("bert-base"), untyped("the")),
      "embed: texts must be an array of strings",
    ],
    [
      "embed, nothing among texts",
      async () => embed(await load("bert-base"), untyped([undefined, "a"])),
      "embed: texts[0] must be a string",
    ],
    [
      "fillMask, topK",
      async () => fillMask(await load("bert-masked-lm"), "[MASK]", untyped({ topK: 2 })),
      'fillMask: there is no option "topK"; did you mean "top"?',
    ],
    [
      "fillMask, null",
      async () => fillMask(await load("bert-masked-lm"), "[MASK]", untyped(null)),
      "fillMask: options must be an object",
    ],
    [
      "classify, an option",
      async () => classify(await load("bert-sequence"), "the", untyped({ topk: 1 })),
      'did you mean "top"?',
    ],
    [
      "classify, three texts",
      async () => classify(await load("bert-sequence"), untyped(["a", "b", "c"])),
      'classify: texts[0] must be an object, { text }, not "a"; write [{ text }, …] for many texts',
    ],
    [
      "classify, a list of an object and a string",
      async () => classify(await load("bert-sequence"), untyped([{ text: "a" }, "b"])),
      'classify: texts[1] must be an object, { text }, not "b"; write [{ text }, …] for many texts',
    ],
    [
      "classify, a promise of a text",
      async () => classify(await load("bert-sequence"), untyped(Promise.resolve("a"))),
      "classify: text must be a string, { text, pair }, or a list [{ text }, …] of many, not a Promise; await it",
    ],
    [
      "classify, a promise in a list",
      async () => classify(await load("bert-sequence"), untyped([Promise.resolve("a")])),
      "classify: texts[0] must be an object, { text }, not a Promise; await it",
    ],
    [
      "classify, one text in a list",
      async () => classify(await load("bert-sequence"), untyped(["a"])),
      'classify: texts[0] must be an object, { text }, not "a"; write [{ text }, …] for many texts',
    ],
    [
      "classify, a list of pairs",
      async () =>
        classify(
          await load("bert-sequence"),
          untyped([
            ["a", "b"],
            ["c", "d"],
          ]),
        ),
      "classify: texts[0] must be an object, { text }, not an array; write [{ text }, …] for many texts and { text, pair }",
    ],
    [
      "complete, two texts",
      async () => complete(await load("bert-sequence"), untyped(["a", "b"])),
      "call complete once for each text",
    ],
    [
      "rank, two queries",
      async () => rank(await load("bert-sequence"), untyped(["a", "b"]), ["c"]),
      "call rank once for each query",
    ],
    [
      "classify, a number",
      async () => classify(await load("bert-sequence"), untyped(3)),
      "classify: text must be a string",
    ],
    [
      "answer, a field",
      async () => answer(await load("bert-qa"), untyped({ question: "a", text: "b" })),
      'answer: there is no option "text"',
    ],
    [
      "answer, without context",
      async () => answer(await load("bert-qa"), untyped({ question: "a" })),
      "answer: context ",
    ],
    [
      "complete, an option",
      async () => complete(await story, "the", untyped({ stopp: ["a"] })),
      'there is no option "stopp"',
    ],
    [
      "complete, stop",
      async () => complete(await story, "the", untyped({ stop: "a" })),
      "complete: stop must be an array",
    ],
    [
      "complete, endTokens",
      async () => complete(await story, "the", untyped({ endTokens: 5 })),
      "endTokens must be an array",
    ],
    ["complete, null", async () => complete(await story, "the", untyped(null)), "complete: options must be an object"],
    [
      "complete, nothing loaded",
      async () => complete(untyped(undefined), "the"),
      "complete: pretrained must be the result of fromPretrained",
    ],
    [
      "translate, nothing loaded",
      async () => translate(untyped({ model: 3 }), "the"),
      "translate: pretrained must be the result of fromPretrained",
    ],
    [
      "embed, a model alone",
      async () => embed(untyped((await story).model), ["the"]),
      "embed: pretrained must be the result of fromPretrained",
    ],
    [
      "translate, an encoder",
      async () => translate(await load("bert-base"), "the"),
      "translate: the model does not read a source",
    ],
    ["translate, a decoder", async () => translate(await story, "the"), "translate: the model does not read a source"],
    [
      "complete, an encoder",
      async () => complete(await load("bert-base"), "the"),
      "complete: the model cannot continue texts",
    ],
    [
      "translate, another option",
      async () => translate(await load("marian"), "the", untyped({ stops: ["a"] })),
      'there is no option "stops"',
    ],
  ];

  it.each(calls)("%s", async (_, call, message) => {
    const error = await call().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toContain(message);
    expect([TypeError, RangeError]).toContain((error as Error).constructor);
  });
});
