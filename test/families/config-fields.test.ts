import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { initialize, Linear } from "../../src/blocks";
import type { ConfigObject, Family, Model } from "../../src/families";
import { fieldsOf } from "../../src/families/config-fields";
import { differenceOf } from "../../src/families/reading/same-model";
import { encoderDecoder, gpt } from "../../src/models";
import { flatConfigOf } from "../../src/models/internal";
import { FormatError } from "../../src/tensor";
import { families } from "./fixture";

interface Known {
  fields: ConfigObject;
  aliases: Record<string, string>;
}

// What transformers' config classes know: test/reference/config_fields.py.
const known: Record<string, Known> = JSON.parse(
  readFileSync(new URL("../fixtures/families/config-fields.json", import.meta.url), "utf8"),
).families;

/** Fields that change no number of a forward pass, and nothing else that a model here does. */
const harmless = new Set([
  ...["_name_or_path", "model_type", "transformers_version", "dtype"], // names, and what the weights are stored as
  ...["output_attentions", "output_hidden_states", "return_dict", "use_cache"], // what is given back beside the result
  ...["initializer_range", "init_std"], // of models that are trained from the start: see below
  ...["chunk_size_feed_forward", "reorder_and_upcast_attn"], // the order of the same sums
  ...["bos_token_id", "forced_eos_token_id"], // of generation: see generation-config.test.ts
  ...["summary_type", "summary_use_proj", "summary_activation", "summary_proj_to_labels", "summary_first_dropout"],
]);

/** Fields of heads that only some models have; of others they say nothing. */
const ofClassifiers = new Set(["id2label", "label2id", "problem_type", "classifier_dropout"]);

const small: Record<string, ConfigObject[]> = {
  llama: [
    {
      hidden_size: 12,
      intermediate_size: 20,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      vocab_size: 9,
      max_position_embeddings: 8,
    },
  ],
  gpt2: [{ n_embd: 12, n_layer: 1, n_head: 2, vocab_size: 9, n_positions: 8 }],
  opt: [
    {
      ...{ hidden_size: 12, ffn_dim: 20, num_hidden_layers: 1, num_attention_heads: 2, vocab_size: 9 },
      max_position_embeddings: 8,
    },
  ],
  bert: ["BertModel", "BertForSequenceClassification", "BertForTokenClassification", "BertForMaskedLM"].map((one) => ({
    ...{ hidden_size: 12, num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 20, vocab_size: 9 },
    ...{ max_position_embeddings: 8, architectures: [one] },
  })),
  marian: [
    {
      ...{ d_model: 12, encoder_layers: 1, decoder_layers: 1, encoder_attention_heads: 2, decoder_attention_heads: 3 },
      ...{ encoder_ffn_dim: 20, decoder_ffn_dim: 24, vocab_size: 9, max_position_embeddings: 8 },
    },
  ],
};

const familyOf = (name: string): Family => families.find(({ modelTypes }) => modelTypes.some((type) => type === name))!;

function modelOf(name: string, config: ConfigObject): Model {
  const family = familyOf(name);
  return family.toModel(fieldsOf(family, config, {}), (theirs) => !theirs.includes("pooler"));
}

function another(value: unknown): unknown[] {
  if (typeof value === "number") return [value === 0 ? 0.5 : value * 2];
  if (typeof value === "boolean") return [!value];
  if (typeof value === "string") return [value === "relu" ? "gelu" : "relu"];
  return [[3], 3, 0.5, ["Another"], { 0: "a", 1: "b", 2: "c" }, { rope_theta: 7 }];
}

/** What a config makes of a model: another one, the same one, or an error that names the field. */
function effect(name: string, base: ConfigObject, field: string, value: unknown): "changes" | "nothing" | "refused" {
  try {
    return differenceOf(modelOf(name, base), modelOf(name, { ...base, [field]: value })) ? "changes" : "nothing";
  } catch (error) {
    if (error instanceof FormatError) expect(error.message).toContain(field);
    // Sizes that do not fit together: the loader makes a FormatError of it.
    else expect(error).toBeInstanceOf(RangeError);
    return "refused";
  }
}

it("transformers' fields are known for every family", () => {
  for (const { modelTypes } of families) for (const type of modelTypes) expect(known).toHaveProperty(type);
});

describe.each(Object.keys(known))("every field that transformers knows is honoured or refused: %s", (name) => {
  const bases = small[name]!;
  const fields = Object.entries(known[name]!.fields).filter(([field]) => !harmless.has(field));

  it.each(fields)("%s", (field, byDefault) => {
    const values = field.endsWith("_token_id") ? [3] : another(bases[0]![field] ?? byDefault);
    const effects = bases.flatMap((base) => values.map((value) => effect(name, base, field, value)));
    if (ofClassifiers.has(field) && name !== "bert") return expect(new Set(effects)).toEqual(new Set(["nothing"]));
    if (field === "problem_type") return expect(effects).toContain("refused"); // honoured by classify
    if (field === "label2id") return expect(effects).toContain("nothing"); // checked below
    expect(effects.some((one) => one !== "nothing")).toBe(true);
  });

  it.each(fields.filter(([field]) => bases.every((base) => base[field] === undefined && field !== "architectures")))(
    "%s means what it means to transformers where it is absent or null",
    (field, byDefault) => {
      for (const base of bases) {
        // Here a token is one of the vocabulary, or none; and null is none.
        const token = field.endsWith("_token_id");
        if (token && Number(byDefault) >= Number(base.vocab_size)) return;
        const said = modelOf(name, { ...base, [field]: byDefault });
        for (const absent of token ? [base] : [base, { ...base, [field]: null }])
          expect(differenceOf(said, modelOf(name, absent))).toBe(undefined);
      }
    },
  );

  it.each(Object.entries(known[name]!.aliases))("%s is another spelling of %s", (alias, field) => {
    for (const { [field]: value, ...rest } of bases) {
      const base = { ...rest, [field]: value };
      expect(differenceOf(modelOf(name, { ...rest, [alias]: value }), modelOf(name, base))).toBe(undefined);
      expect(() => modelOf(name, { ...base, [alias]: 5 })).toThrow(
        `${alias}: found 5, expected ${value}, the value of ${field}`,
      );
    }
  });

  it("a number out of its field's range is a FormatError that names it, not left to the model", () => {
    const named = (base: ConfigObject, field: string, value: number) => {
      try {
        modelOf(name, { ...base, [field]: value });
        return "read";
      } catch (error) {
        expect(error, `${field}: ${value}`).toBeInstanceOf(FormatError);
        expect((error as Error).message).toContain(field);
        return "refused";
      }
    };
    for (const base of bases)
      for (const [field, byDefault] of fields) {
        if (typeof (base[field] ?? byDefault) !== "number") continue;
        const below = named(base, field, -0.25);
        if (!/drop|layerdrop/.test(field)) continue;
        // A share of 0 and of nearly all can be dropped, and no more.
        expect(named(base, field, 0), field).toBe("read");
        expect([named(base, field, 1), named(base, field, 1.5)], field).toEqual([below, below]);
      }
  });

  it("a field of the wrong kind is a FormatError that names it", () => {
    for (const base of bases)
      for (const [field] of fields)
        for (const wrong of ["wrong", Number.NaN, {}, [{}], true, -7, [[]]]) {
          try {
            modelOf(name, { ...base, [field]: wrong });
          } catch (error) {
            if (error instanceof FormatError) expect(error.message).toContain(field);
            else expect((error as Error).constructor, `${field}: ${JSON.stringify(wrong)}`).toBe(RangeError);
          }
        }
  });
});

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
