import { describe, expect, it } from "vitest";
import { initialize, Linear } from "../../src/blocks";
import type { ConfigObject } from "../../src/families";
import { differenceOf } from "../../src/families/reading/same-model";
import { encoderDecoder, gpt } from "../../src/models";
import { flatConfigOf } from "../../src/models/internal";
import { FormatError } from "../../src/tensor";
import { familyOf, modelOf as modelOfBase } from "./config-cases";

const modelOf = (type: string, config: ConfigObject) =>
  modelOfBase(type, config, { names: { has: (name) => !name.includes("pooler") } });

const encoder = {
  ...{ hidden_size: 12, num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 20, vocab_size: 9 },
  max_position_embeddings: 8,
};

const small: Record<string, ConfigObject[]> = {
  llama: [encoder],
  gpt2: [{ n_embd: 12, n_layer: 1, n_head: 2, vocab_size: 9, n_positions: 8 }],
  opt: [{ ...encoder, ffn_dim: 20 }],
  bert: [encoder, { ...encoder, architectures: ["BertForSequenceClassification"] }],
  marian: [
    {
      ...{ d_model: 12, encoder_layers: 1, decoder_layers: 1, encoder_attention_heads: 2, decoder_attention_heads: 3 },
      ...{ encoder_ffn_dim: 20, decoder_ffn_dim: 24, vocab_size: 9, max_position_embeddings: 8 },
    },
  ],
};

it.each([
  ["llama", "initializer_range"],
  ["gpt2", "initializer_range"],
  ["opt", "init_std"],
  ["bert", "initializer_range"],
  ["marian", "init_std"],
])("a %s that is trained from the start begins with the deviation %s", (name, field) => {
  const model = initialize(modelOf(name, { ...small[name]![0], [field]: 3 }), { seed: 1 });
  for (const [path, { data, shape }] of model.parameters()) {
    if (shape.length < 2) continue;
    const deviation = Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
    expect(Math.abs(deviation / 3 - 1), path).toBeLessThan(0.5);
  }
});

describe("the number of a classifier's classes", () => {
  const [, base] = small.bert!;
  const labels = (config: ConfigObject) => {
    const model = modelOf("bert", { ...base, ...config });
    return model.find("head.projection", Linear).weight.shape[0];
  };

  it("is two if the config does not give it", () => expect(labels({})).toBe(2));
  it("is that of id2label or num_labels", () => {
    expect(labels({ num_labels: 1 })).toBe(1);
    expect(labels({ id2label: { 0: "a", 1: "b", 2: "c" }, num_labels: 3 })).toBe(3);
  });
  it.each([
    [
      { id2label: { 0: "a", 1: "b" }, num_labels: 3 },
      "num_labels: found 3, expected 2, the number of labels in id2label",
    ],
    [{ id2label: { 0: "a", 2: "b" } }, "id2label"],
    [{ id2label: { 0: "a", 1: 7 } }, "id2label"],
    [{ id2label: [] }, "id2label"],
    [{ id2label: { 0: "a", 1: "b" }, label2id: { a: 1, b: 0 } }, 'label2id: found {"a":1,"b":0}, expected 0 for "a"'],
    [{ problem_type: "ranking" }, 'problem_type: found "ranking", expected one of'],
    [{ problem_type: "single_label_classification", num_labels: 1 }, "problem_type"],
  ])("%j is a FormatError that names the field", (config, message) => {
    expect(() => labels(config)).toThrow(FormatError);
    expect(() => labels(config)).toThrow(message);
  });
});

describe("rotary positions of a llama", () => {
  const base = (config: number) =>
    modelOf("llama", { ...small.llama![0], rope_parameters: { rope_type: "default", rope_theta: config } });
  it.each([
    [{ rope_theta: 500 }, 500],
    [{ rope_theta: 500, rope_parameters: { rope_theta: 700 } }, 700],
    [{ rope_theta: 500, rope_scaling: { type: "default" } }, 500],
    [{ rope_parameters: { rope_theta: 700 }, rope_scaling: { rope_type: "default" } }, 10_000],
    [{ rope_scaling: { rope_theta: 900, rope_type: "default" } }, 900],
    [{ rope_scaling: null, rope_parameters: null }, 10_000],
  ])("%j turn with the base that transformers takes, %d", (config, expected) => {
    expect(differenceOf(modelOf("llama", { ...small.llama![0], ...config }), base(expected))).toBe(undefined);
  });
});

describe.each(["llama", "gpt2", "opt", "marian"])("tokens of a %s", (name) => {
  const base = small[name]![0]!;
  const said = (fields: ConfigObject) => modelOf(name, { ...base, ...fields }).config.endTokens ?? [];

  it("that end a text are one, several or none, and those outside the vocabulary never come", () => {
    for (const [field, expected] of [
      [3, [3]],
      [
        [3, 4],
        [3, 4],
      ],
      [[], []],
      [null, []],
      [[3, 9, 400], [3]],
      [400, []],
    ])
      expect(said({ eos_token_id: field }), JSON.stringify(field)).toEqual(expected);
  });

  it("are written as they are read: one as a number, several as a list, none as null", () => {
    const llamas = { position: "rotary", normalization: "rmsNorm", gated: true, activation: "silu" } as const;
    const others = { embeddingDropout: 0, position: "learned", activation: "relu" } as const;
    for (const tokens of [3, [3, 4], null]) {
      const endTokens = tokens === null ? undefined : [tokens].flat();
      const sizes = { vocabSize: 9, contextLength: 8, dModel: 12, heads: 2, layers: 1, endTokens };
      const model =
        name === "marian"
          ? encoderDecoder({ ...sizes, position: "sinusoidalHalves", startToken: 1 })
          : gpt({ ...sizes, ...(name === "llama" ? llamas : others) });
      expect(familyOf(name).toConfig!(flatConfigOf(model)!).eos_token_id).toEqual(tokens);
    }
  });

  it("for padding are one at most", () => {
    expect(() => modelOf(name, { ...base, pad_token_id: [1, 2] })).toThrow(
      /pad_token_id: found \[1,2\], expected one token/,
    );
    expect(() => modelOf(name, { ...base, pad_token_id: [1] })).not.toThrow();
  });
});
