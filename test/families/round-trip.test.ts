import { describe, expect, it } from "vitest";
import { readSafetensors, type WritableTensor, writeSafetensors } from "../../src/checkpoint";
import { fromPretrained, type Model, pretrainedLoader, type Saved, savePretrained } from "../../src/families";
import { gpt2 } from "../../src/families/decoder/gpt2";
import { llama } from "../../src/families/decoder/llama";
import { bertFamily } from "../../src/families/encoder/bert";
import { bert, DecoderModel, EncoderDecoderModel, EncoderModel, encoderDecoder, gpt } from "../../src/models";
import { characterTokenizer, tokenizerFromJson } from "../../src/tokenizer";
import { difference, differentFile, fixtureNames, inMemory, memory } from "./fixture";

const sizes = { vocabSize: 12, contextLength: 16, dModel: 8, heads: 2, layers: 2 };

async function saved(what: Saved): Promise<Map<string, Uint8Array>> {
  const { files, write } = memory();
  await savePretrained(what, { write });
  return files;
}

const output = (model: Model) =>
  model instanceof EncoderDecoderModel ? model.forward([[1, 2, 3]], [[4, 5]]) : model.forward([[1, 2, 3]]);

const own: Record<string, () => Model> = {
  gpt: () => gpt({ ...sizes, endTokens: [3], padToken: 0 }, { seed: 1 }),
  "gpt, head untied": () => gpt({ ...sizes, tied: false, dFeedForward: 12 }, { seed: 1 }),
  "opt's parts": () => gpt({ ...sizes, activation: "relu", bias: false, finalNorm: false }, { seed: 1 }),
  "llama's parts": () =>
    gpt(
      {
        ...sizes,
        keyValueHeads: 1,
        position: "rotary",
        normalization: "rmsNorm",
        gated: true,
        bias: false,
        activation: "silu",
        rotaryBase: 500_000,
        endTokens: [3, 4],
      },
      { seed: 1 },
    ),
  "bert without a head": () => bert(sizes, { seed: 1 }),
  "bert without a pooler": () => bert({ ...sizes, pooler: false }, { seed: 1 }),
  "masked bert": () => bert({ ...sizes, head: { kind: "maskedLanguageModel" } }, { seed: 1 }),
  "bert for texts": () => bert({ ...sizes, head: { kind: "sequenceClass", labels: 3 } }, { seed: 1 }),
  "bert for tokens": () => bert({ ...sizes, head: { kind: "tokenClass", labels: 4 } }, { seed: 1 }),
  "bert for questions": () => bert({ ...sizes, head: { kind: "questionAnswering" } }, { seed: 1 }),
  "encoder-decoder": () =>
    encoderDecoder({ ...sizes, position: "sinusoidalHalves", startToken: 2, endTokens: [3], padToken: 0 }, { seed: 1 }),
  "encoder-decoder, both sides different": () =>
    encoderDecoder(
      {
        ...sizes,
        position: "sinusoidalHalves",
        activation: "silu",
        headBias: true,
        startToken: 2,
        decoderLayers: 1,
        decoderHeads: 4,
        decoderDFeedForward: 12,
      },
      { seed: 1 },
    ),
};

describe("a model that is saved, loaded and saved again", () => {
  it.each(Object.keys(own))("gives the same bytes and the same outputs: %s", async (name) => {
    const model = own[name]!();
    const first = await saved({ model });
    const loaded = await fromPretrained(memory(first));
    expect(difference(output(loaded.model), output(model))).toBe(0);
    for (const token of ["endTokens", "padToken"] as const)
      expect(loaded.model.config[token] ?? []).toEqual(model.config[token] ?? []);
    expect(differentFile(await saved({ model: loaded.model }), first)).toBe(undefined);
    expect(differentFile(await saved(loaded), first)).toBe(undefined);
  });

  it.each(fixtureNames)("gives a published directory back: %s", async (name) => {
    const files = inMemory(name);
    const loaded = await fromPretrained(memory(files));
    const first = await saved(loaded);
    expect(Buffer.compare(first.get("model.safetensors")!, files.get("model.safetensors")!)).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(first.get("config.json")))).toEqual(loaded.config);
    expect(differentFile(await saved(await fromPretrained(memory(first))), first)).toBe(undefined);
  });

  it("keeps the rows of opt's positions that stand for none; new ones are zeros", async () => {
    const rows = (files: Map<string, Uint8Array>) =>
      readSafetensors(files.get("model.safetensors")!).tensors.get("model.decoder.embed_positions.weight")!;
    const files = inMemory("opt");
    const { model, config } = await fromPretrained(memory(files));
    expect(rows(files).shape).toEqual([66, 32]);
    for (const what of [{ model, config }, { model }])
      expect(rows(await saved(what)).toFloat32()).toEqual(rows(files).toFloat32());
    const made = rows(await saved({ model: own["opt's parts"]!() }));
    expect(made.shape).toEqual([18, 8]);
    expect(made.toFloat32().slice(0, 16)).toEqual(new Float32Array(16));
  });

  it.each(["float32", "float16"] as const)("keeps what the model does not use, as %s", async (weights) => {
    const files = inMemory("bert-masked-lm");
    const { tensors } = readSafetensors(files.get("model.safetensors")!);
    const more = {
      "bert.pooler.dense.weight": [32, 32],
      "bert.pooler.dense.bias": [32],
      "cls.seq_relationship.weight": [2, 32],
      "cls.seq_relationship.bias": [2],
    };
    const all = new Map<string, WritableTensor>(
      [...tensors].map(([name, one]) => [name, { shape: one.shape, data: one.toFloat32() }]),
    );
    for (const [name, shape] of Object.entries(more))
      all.set(name, { shape, data: Float32Array.from({ length: shape[0]! * (shape[1] ?? 1) }, (_, i) => Math.sin(i)) });
    const text = new TextDecoder().decode(files.get("config.json"));
    const config = { ...JSON.parse(text), architectures: ["BertForPreTraining"], dtype: weights };
    const dtype = weights === "float16" ? "F16" : "F32";
    files.set("config.json", new TextEncoder().encode(JSON.stringify(config)));
    files.set(
      "model.safetensors",
      writeSafetensors(new Map([...all].map(([name, one]) => [name, { ...one, dtype }])), { format: "pt" }),
    );
    const loaded = await fromPretrained(memory(files));
    expect(differentFile(await saved(loaded), files)).toBe(undefined);
  });

  it("keeps settings files and the tokenizer", async () => {
    const files = inMemory("gpt2", ["generation_config.json"]);
    const tokenizer = characterTokenizer(["the cat sat"]);
    const text = new TextEncoder();
    files.set("special_tokens_map.json", text.encode('{ "pad_token":"a" }'));
    files.set("tokenizer.json", text.encode(JSON.stringify(tokenizer.toJson())));
    const first = await saved(await fromPretrained(memory(files)));
    for (const name of ["generation_config.json", "special_tokens_map.json"])
      expect(first.get(name)).toEqual(files.get(name));
    const again = await fromPretrained(memory(first));
    expect(again.tokenizer.encode("a cat")).toEqual(tokenizer.encode("a cat"));
    expect(differentFile(await saved(again), first)).toBe(undefined);
  });
});

/** The fixture's tensors under other names, or others. */
function respelled(
  name: string,
  change: (tensors: Map<string, { shape: readonly number[]; data: Float32Array }>) => void,
) {
  const files = inMemory(name);
  const { tensors } = readSafetensors(files.get("model.safetensors")!);
  const map = new Map([...tensors].map(([key, tensor]) => [key, { shape: tensor.shape, data: tensor.toFloat32() }]));
  change(map);
  return memory(files.set("model.safetensors", writeSafetensors(map)));
}

function rename<T>(tensors: Map<string, T>, to: (name: string) => string): void {
  for (const [name, tensor] of [...tensors]) {
    tensors.delete(name);
    tensors.set(to(name), tensor);
  }
}

describe("spellings of a checkpoint", () => {
  it.each([
    ["gpt2", (name: string) => name.replace("transformer.", "")],
    ["opt", (name: string) => name.replace("model.", "")],
    ["bert-masked-lm", (name: string) => name.replace("bert.", "")],
    [
      "bert-masked-lm",
      (name: string) => name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"),
    ],
    ["bert-base", (name: string) => `bert.${name}`],
    ["marian", (name: string) => name.replace("model.shared.weight", "lm_head.weight")],
  ])("%s is the same model under other names", async (name, to) => {
    const { model } = await fromPretrained(memory(inMemory(name)));
    const other = await fromPretrained(respelled(name, (tensors) => rename(tensors, to)));
    expect(difference(output(other.model), output(model))).toBe(0);
  });

  it.each([
    ["llama-tied", "lm_head.weight", "model.embed_tokens.weight"],
    ["gpt2", "lm_head.weight", "transformer.wte.weight"],
    ["opt", "lm_head.weight", "model.decoder.embed_tokens.weight"],
    ["bert-masked-lm", "cls.predictions.decoder.bias", "cls.predictions.bias"],
    ["marian", "model.decoder.embed_tokens.weight", "model.shared.weight"],
  ])("%s may hold %s again, if it is equal", async (name, copy, original) => {
    await fromPretrained(respelled(name, (tensors) => tensors.set(copy, tensors.get(original)!)));
    const spoilt = respelled(name, (tensors) => {
      const { shape, data } = tensors.get(original)!;
      tensors.set(copy, { shape, data: data.with(0, 9) });
    });
    await expect(fromPretrained(spoilt)).rejects.toThrow(`tensor "${copy}": found other values than in "${original}"`);
  });

  it.each([
    ["llama", "model.layers.1.self_attn.rotary_emb.inv_freq"],
    ["gpt2", "transformer.h.0.attn.masked_bias"],
    ["gpt2", "h.1.attn.bias"],
    ["bert-qa", "bert.embeddings.position_ids"],
    ["bert-qa", "bert.pooler.dense.weight"],
    ["bert-masked-lm", "cls.seq_relationship.bias"],
    ["marian", "model.encoder.version"],
  ])("%s may hold %s, which nothing needs", async (name, extra) => {
    const one = { shape: [1], data: Float32Array.of(1) };
    await fromPretrained(respelled(name, (tensors) => tensors.set(extra, one)));
  });
});

describe("a model that is read", () => {
  it("takes special tokens from generation_config.json before those of config.json", async () => {
    const files = inMemory("gpt2");
    files.set("generation_config.json", new TextEncoder().encode('{ "eos_token_id": [4, 7], "pad_token_id": 2 }'));
    const { model, config } = await fromPretrained(memory(files));
    expect(model.config.endTokens).toEqual([4, 7]);
    expect(model.config.padToken).toBe(2);
    expect(config.eos_token_id).toBe(null);
  });

  it("takes marian's start, end and padding tokens", async () => {
    const { model } = await fromPretrained(memory(inMemory("marian")), { model: EncoderDecoderModel });
    expect(model.config).toMatchObject({ startToken: 95, endTokens: [0], padToken: 95 });
  });

  it("reports its progress", async () => {
    const files = inMemory("llama");
    const seen: object[] = [];
    await fromPretrained(memory(files), { onProgress: (progress) => seen.push(progress) });
    const total = files.get("model.safetensors")!.length;
    expect(seen).toEqual([{ file: "model.safetensors", loaded: total, total }]);
  });

  it("shares no memory with the file", async () => {
    const files = inMemory("llama");
    const before = files.get("model.safetensors")!.slice();
    const { model } = await fromPretrained(memory(files));
    for (const parameter of model.parameters().values()) parameter.data.fill(0);
    expect(Buffer.compare(files.get("model.safetensors")!, before)).toBe(0);
  });

  it("is of one of the given families and of the given class, or is refused", async () => {
    const load = pretrainedLoader([llama, gpt2]);
    const { model } = await load(memory(inMemory("llama")));
    const decoder: DecoderModel = model; // compiles without a cast
    expect(decoder).toBeInstanceOf(DecoderModel);
    await expect(load(memory(inMemory("bert-base")))).rejects.toThrow(
      'source/config.json: model_type: found "bert", expected one of llama, gpt2',
    );
    const either = pretrainedLoader([llama, bertFamily]);
    const encoder: EncoderModel = (await either(memory(inMemory("bert-base")), { model: EncoderModel })).model;
    expect(encoder).toBeInstanceOf(EncoderModel);
    await expect(fromPretrained(memory(inMemory("llama")), { model: EncoderModel })).rejects.toThrow(TypeError);
  });
});

it("a tokenizer keeps the settings it was read with", async () => {
  const settings = { clean_up_tokenization_spaces: true, padding_side: "left", chat_template: "{{ messages }}" };
  const tokenizer = tokenizerFromJson(characterTokenizer(["abc"]).toJson(), settings);
  const files = await saved({ model: gpt(sizes, { seed: 1 }), tokenizer });
  expect(JSON.parse(new TextDecoder().decode(files.get("tokenizer_config.json")))).toMatchObject(settings);
  const again = await fromPretrained({ read: async (name) => files.get(name) });
  expect(again.tokenizer.config).toMatchObject(settings);
});
