import { describe, expect, it } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/checkpoint";
import { fromPretrained, savePretrained } from "../../src/families";
import { encoderDecoder, gpt } from "../../src/models";
import { FormatError } from "../../src/tensor";
import { families, inMemory, memory } from "./fixture";

type Stored = Map<string, { shape: readonly number[]; data: Float32Array }>;

function withTensors(name: string, change: (tensors: Stored) => void): Map<string, Uint8Array> {
  const files = inMemory(name);
  const { tensors } = readSafetensors(files.get("model.safetensors")!);
  const map: Stored = new Map(
    [...tensors].map(([key, tensor]) => [key, { shape: tensor.shape, data: tensor.toFloat32() }]),
  );
  change(map);
  return files.set("model.safetensors", writeSafetensors(map));
}

function withConfig(name: string, change: Record<string, unknown>): Map<string, Uint8Array> {
  const files = inMemory(name);
  const config = { ...JSON.parse(new TextDecoder().decode(files.get("config.json"))), ...change };
  return files.set("config.json", new TextEncoder().encode(JSON.stringify(config)));
}

function withFile(name: string, file: string, content: Uint8Array | string | undefined): Map<string, Uint8Array> {
  const files = inMemory(name);
  files.delete(file);
  if (content !== undefined) files.set(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
  return files;
}

const types = families.flatMap(({ modelTypes }) => modelTypes).join(", ");
const one = { shape: [1], data: Float32Array.of(1) };
const query = "model.layers.1.self_attn.q_proj.weight";

/** The fixture's file with the dtype of a tensor of four-byte numbers called another of the same size. */
function relabelled(name: string, tensor: string, dtype: string): Map<string, Uint8Array> {
  const files = inMemory(name);
  const bytes = files.get("model.safetensors")!;
  const text = new TextDecoder("latin1").decode(bytes);
  const place = text.indexOf('"F32"', text.indexOf(`"${tensor}"`));
  bytes.set(new TextEncoder().encode(`"${dtype}"`), place);
  return files;
}

function sharded(files: Record<string, string>): Map<string, Uint8Array> {
  const map = inMemory("llama");
  map.delete("model.safetensors");
  return map.set("model.safetensors.index.json", new TextEncoder().encode(JSON.stringify({ weight_map: files })));
}

const cases: Record<string, [files: () => Map<string, Uint8Array>, message: string | RegExp]> = {
  "a missing tensor": [
    () => withTensors("llama", (tensors) => tensors.delete(query)),
    `source: tensors: found missing tensors: ${query} (blocks.1.attention.query.weight), expected one tensor for each`,
  ],
  "missing and surplus tensors, all of them": [
    () =>
      withTensors("gpt2", (tensors) => {
        tensors.delete("transformer.h.1.attn.c_attn.bias");
        tensors.delete("transformer.ln_f.bias");
        tensors.set("transformer.h.0.extra.weight", one).set("extra.weight", one);
      }),
    /found missing tensors: transformer\.h\.1\.attn\.c_attn\.bias \(blocks\.1\.attention\.query\.bias, blocks\.1\.attention\.key\.bias, blocks\.1\.attention\.value\.bias\), transformer\.ln_f\.bias \(norm\.bias\); unused tensors: extra\.weight, transformer\.h\.0\.extra\.weight, expected/,
  ],
  "tied weights that are not there": [
    () => withTensors("llama", (tensors) => tensors.delete("lm_head.weight")),
    "missing tensors: lm_head.weight (head.projection.weight)",
  ],
  "one tensor under two names": [
    () => withTensors("gpt2", (tensors) => tensors.set("wte.weight", one)),
    'tensor "wte.weight": found the same tensor as "transformer.wte.weight"',
  ],
  "a wrong shape": [
    () => withTensors("llama", (tensors) => tensors.set(query, { shape: [16, 64], data: new Float32Array(1024) })),
    `source: tensor "${query}": found shape [16, 64], expected [32, 32] for blocks.1.attention.query.weight`,
  ],
  "a shape transposed": [
    () =>
      withTensors("gpt2", (tensors) => {
        const name = "transformer.h.0.mlp.c_fc.weight";
        tensors.set(name, { ...tensors.get(name)!, shape: [128, 32] });
      }),
    "found shape [128, 32], expected [32, 128] for blocks.0.feedForward.up.weight",
  ],
  "a wrong dtype": [
    () => relabelled("llama", "model.norm.weight", "I32"),
    'source: tensor "model.norm.weight": found dtype I32, expected one of F32, F16, BF16, F64',
  ],
  "a truncated file": [
    () => withFile("llama", "model.safetensors", inMemory("llama").get("model.safetensors")!.slice(0, -100)),
    "source/model.safetensors",
  ],
  "no config.json": [() => withFile("llama", "config.json", undefined), "source: config.json: found no such file"],
  "no model.safetensors": [
    () => withFile("llama", "model.safetensors", undefined),
    "source: model.safetensors: found no such file",
  ],
  "a config.json that is no JSON": [
    () => withFile("llama", "config.json", '{ "model_type": }'),
    "source/config.json: line 1, column 17",
  ],
  "a config.json that is no object": [() => withFile("llama", "config.json", "[]"), "source/config.json: found"],
  "a generation_config.json that lies": [
    () => withFile("llama", "generation_config.json", '{ "eos_token_id": "two" }'),
    'source/generation_config.json: eos_token_id: found "two", expected a token id',
  ],
  "a tokenizer.json that is no tokenizer": [() => withFile("llama", "tokenizer.json", "7"), "source/tokenizer.json"],
  "a shard outside the directory": [
    () => sharded({ "model.norm.weight": "../../secret.safetensors" }),
    'source: file name: found "../../secret.safetensors"',
  ],
  "a shard that is not there": [
    () => sharded({ "model.norm.weight": "model-1.safetensors" }),
    "source: model-1.safetensors: found no such file",
  ],
};

const configs: [name: string, change: Record<string, unknown>, message: string][] = [
  ["llama", { model_type: "own" }, `model_type: found "own", expected one of ${types}`],
  [
    "llama",
    { model_type: "mamba" },
    'model_type: found "mamba", expected a family in docs/families.md: here state-space',
  ],
  ["llama", { model_type: undefined }, "model_type: found nothing, expected one of"],
  ["llama", { hidden_size: undefined }, "hidden_size: found nothing, expected a whole number of 1 or more"],
  ["llama", { hidden_size: "32" }, 'hidden_size: found "32", expected a whole number'],
  ["llama", { vocab_size: -1 }, "vocab_size: found -1"],
  ["llama", { head_dim: 1e12 }, "head_dim: found 1000000000000, expected at most"],
  ["llama", { num_hidden_layers: 1e9 }, "num_hidden_layers: found 1000000000, expected at most 2"],
  ["llama", { num_hidden_layers: 2.5 }, "num_hidden_layers: found 2.5"],
  ["gpt2", { n_layer: 1e9 }, "n_layer: found 1000000000, expected at most 2"],
  ["bert-qa", { num_hidden_layers: 3 }, "num_hidden_layers: found 3, expected at most 2"],
  ["marian", { decoder_layers: 1e9 }, "decoder_layers: found 1000000000, expected at most 2"],
  ["llama", { num_attention_heads: 5, head_dim: null }, "source/config.json"],
  ["llama", { num_key_value_heads: 3 }, "keyValueHeads do not divide"],
  ["llama", { rope_scaling: { rope_type: "llama3", factor: 8 } }, "rope_scaling: low_freq_factor: found nothing"],
  ["llama", { rope_parameters: [] }, "rope_parameters: found []"],
  ["llama", { hidden_act: "swiglu" }, 'hidden_act: found "swiglu", expected one of relu, gelu'],
  ["llama", { attention_bias: true }, "found missing tensors: model.layers.0.self_attn.q_proj.bias"],
  ["llama", { pretraining_tp: 2 }, "pretraining_tp: found 2"],
  ["llama", { architectures: ["LlamaForMaskedLM"] }, "architectures: found"],
  ["llama", { architectures: "constructor" }, "architectures: found"],
  ["llama", { hidden_act: "toString" }, "hidden_act: found"],
  [
    "llama",
    { quantization_config: { bits: 4 } },
    "quantization_config: quant_method: found nothing, expected one of fp8",
  ],
  ["llama", { eos_token_id: [2, "x"] }, "eos_token_id: found"],
  ["gpt2", { add_cross_attention: true }, "add_cross_attention: found true"],
  ["opt", { layerdrop: 0.1 }, "layerdrop: found 0.1"],
  ["opt", { max_position_embeddings: 66 }, "[68, 32] for position.weight"],
  ["bert-base", { position_embedding_type: "relative_key" }, 'position_embedding_type: found "relative_key"'],
  ["bert-base", { is_decoder: true }, "is_decoder: found true"],
  ["bert-base", { architectures: ["BertLMHeadModel"] }, "expected one of BertModel, BertForMaskedLM"],
  ["bert-sequence", { id2label: { 0: "a", 1: "b" } }, "found shape [3, 32], expected [2, 32]"],
  ["marian", { share_encoder_decoder_embeddings: false }, "missing tensors: model.encoder.embed_tokens.weight"],
  ["marian", { static_position_embeddings: false }, "static_position_embeddings: found false"],
  ["marian", { normalize_before: true }, "normalize_before: found true"],
  ["marian", { decoder_vocab_size: 7 }, "decoder_vocab_size: found 7, expected 96"],
];

describe("a malformed directory", () => {
  it.each(Object.keys(cases))("is a FormatError that says where: %s", async (name) => {
    const [files, message] = cases[name]!;
    const load = fromPretrained(memory(files()));
    await expect(load).rejects.toThrow(FormatError);
    await expect(load).rejects.toThrow(message);
  });

  it.each(configs)("%s with %j is a FormatError that names the field", async (name, change, message) => {
    const load = fromPretrained(memory(withConfig(name, change)));
    await expect(load).rejects.toThrow(FormatError);
    await expect(load).rejects.toThrow(message);
  });
});

describe("a directory without tokenizer.json", () => {
  it("gives the model, and an error when the tokenizer is used", async () => {
    const { tokenizer } = await fromPretrained(memory(inMemory("llama")));
    const message = "source: tokenizer.json: found no such file";
    expect(() => tokenizer.encode("a")).toThrow(message);
    expect(() => tokenizer.special).toThrow(message);
    expect(() => tokenizer.vocabSize).toThrow(FormatError);
  });
});

describe("savePretrained", () => {
  const sizes = { vocabSize: 8, contextLength: 8, dModel: 8, heads: 2, layers: 1 };
  const nowhere = memory();

  it("says why no family has such a model", async () => {
    const model = encoderDecoder(sizes, { seed: 1 });
    const save = savePretrained({ model }, nowhere);
    await expect(save).rejects.toThrow(RangeError);
    await expect(save).rejects.toThrow('marian: position must be "sinusoidalHalves", not "sinusoidal"');
  });

  it("refuses a config that describes another model", async () => {
    const { config } = await fromPretrained(memory(inMemory("gpt2")));
    const save = savePretrained({ model: gpt(sizes, { seed: 1 }), config }, nowhere);
    await expect(save).rejects.toThrow("embedding.weight is [8, 8], but [96, 32] in the config");
    await expect(savePretrained({ model: gpt(sizes), config: { model_type: "t6" } }, nowhere)).rejects.toThrow(
      `config.model_type must be one of ${types}, not "t6"`,
    );
  });

  it("refuses a model without values, and writes nothing", async () => {
    await expect(savePretrained({ model: gpt(sizes) }, nowhere)).rejects.toThrow("embedding.weight");
    expect(nowhere.files.size).toBe(0);
  });
});
