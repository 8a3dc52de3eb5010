import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/checkpoint";
import { fromPretrained, llama, type Pretrained, pretrainedLoader, savePretrained } from "../../src/families";
import { bert, DecoderModel, gpt } from "../../src/models";
import { Parameter } from "../../src/tensor";
import { characterTokenizer, tokenizerFromJson } from "../../src/tokenizer";
import { difference, differentFile, inMemory, memory } from "./fixture";

const bytes = (text: string) => new TextEncoder().encode(text);
const json = (file: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(file));
const fixtures = new URL("../fixtures/tokenizer/", import.meta.url);

interface TokenizerDirectory {
  name: string;
  files: Record<string, string>;
  config: object;
}

const tokenizers: TokenizerDirectory[] = JSON.parse(readFileSync(new URL("directories.json", fixtures), "utf8"));
/** Each form of tokenizer files once. */
const forms = new Map(tokenizers.map((directory) => [Object.keys(directory.files).join(", "), directory]));

/** What may lie beside a model and belongs to it. */
const beside = {
  "chat_template.jinja": "{{ messages }}\n",
  "chat_template.json": '{"chat_template":"x"}',
  "special_tokens_map.json": "{}",
  "generation_config.json": '{ "max_new_tokens":5 }',
  "modules.json":
    '[ {"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},\n{"path":"1_Pooling"}]',
  "1_Pooling/config.json": '{ "pooling_mode_mean_tokens":true}',
  "sentence_bert_config.json": '{"max_seq_length":16 }',
  "config_sentence_transformers.json": '{"prompts":{} }',
  "preprocessor_config.json": "{ }",
};

const saved = async (what: Parameters<typeof savePretrained>[0], options = {}) => {
  const { files, write } = memory();
  await savePretrained(what, { write }, options);
  return files;
};

function directory(form: TokenizerDirectory): Map<string, Uint8Array> {
  const files = inMemory("gpt2");
  // As nobody would write it, so that the very bytes must come back.
  files.set("config.json", bytes(`${JSON.stringify(json(files.get("config.json")))}\n\n`));
  for (const [name, path] of Object.entries(form.files)) files.set(name, readFileSync(new URL(path, fixtures)));
  for (const [name, text] of Object.entries(beside)) files.set(name, bytes(text));
  return files.set("tokenizer_config.json", bytes(` ${JSON.stringify(form.config)}`));
}

describe("a directory that was loaded is written back byte for byte", () => {
  it.each([...forms.keys()])("with %s", async (form) => {
    const files = directory(forms.get(form)!);
    const loaded = await fromPretrained(memory(files));
    const { model, tokenizer, config } = loaded;
    for (const what of [loaded, { model, tokenizer, config }])
      expect(differentFile(await saved(what), files)).toBe(undefined);
  });

  it("from a folder on disk", async () => {
    const files = inMemory("bert-base");
    files
      .set("chat_template.jinja", bytes("x"))
      .set("vocab.txt", readFileSync(new URL("directories/vocab.txt", fixtures)));
    const folder = mkdtempSync(join(tmpdir(), "directory-"));
    for (const [name, content] of files) writeFileSync(join(folder, name), content);
    expect(differentFile(await saved(await fromPretrained(folder)), files)).toBe(undefined);
  });
});

it("what was saved over says nothing of the model that is there now", async () => {
  const folder = mkdtempSync(join(tmpdir(), "directory-"));
  const older = await fromPretrained(memory(directory(forms.get("vocab.json, merges.txt")!)));
  await savePretrained(older, folder);
  expect(readdirSync(folder)).toContain("generation_config.json");
  const model = gpt({ vocabSize: 12, contextLength: 8, dModel: 8, heads: 2, layers: 1, endTokens: [3] }, { seed: 1 });
  await savePretrained({ model }, folder);
  expect(readdirSync(folder).filter((name) => /generation|modules|sentence/.test(name))).toEqual([]);
  expect(readdirSync(folder)).toContain("merges.txt"); // The tokenizer is another matter.
  const tokenizer = characterTokenizer(["the cat"]);
  await savePretrained({ model, tokenizer }, folder);
  expect(readdirSync(folder).filter((name) => /merges|vocab|chat/.test(name))).toEqual([]);
  const again = await fromPretrained(folder);
  expect(again.model.config.endTokens).toEqual([3]);
  expect(again.tokenizer.encode("cat").ids).toEqual(tokenizer.encode("cat").ids);
});

describe("a tokenizer of one's own is written instead of the one that was loaded", () => {
  const load = (): Promise<Pretrained> => fromPretrained(memory(directory(forms.get("vocab.json, merges.txt")!)));

  it("and no file of the other one is left", async () => {
    const tokenizer = characterTokenizer(["the cat sat"]);
    const { model, config, files } = await load();
    for (const what of [
      { model, config, tokenizer },
      { model, config, files, tokenizer },
    ]) {
      const written = await saved(what);
      const names = [...written.keys()].sort();
      expect(names.filter((name) => /token|vocab|merges|chat/.test(name))).toEqual([
        "tokenizer.json",
        "tokenizer_config.json",
      ]);
      expect(names).toContain("1_Pooling/config.json");
      expect((await fromPretrained(memory(written))).tokenizer.encode("cat").ids).toEqual(tokenizer.encode("cat").ids);
    }
  });

  it("and so is one whose settings were changed", async () => {
    const loaded = await load();
    const settings = { ...loaded.tokenizer.config, padding_side: "left" };
    const written = await saved({ ...loaded, tokenizer: tokenizerFromJson(loaded.tokenizer.toJson(), settings) });
    expect(json(written.get("tokenizer_config.json")).padding_side).toBe("left");
    const again = (await fromPretrained(memory(written))).tokenizer;
    expect(again.encode("The quick fox").ids).toEqual(loaded.tokenizer.encode("The quick fox").ids);
  });

  it("but files that the caller gives are written as they are", async () => {
    const { model, tokenizer, config, files } = await load();
    const template = bytes("{{ other }}");
    const written = await saved({
      model,
      tokenizer,
      config,
      files: new Map([...files, ["chat_template.jinja", template]]),
    });
    expect(written.get("chat_template.jinja")).toEqual(template);
    expect((await saved({ model, config, files: new Map() })).size).toBe(2);
  });
});

/** The fixture with weights in another type, as half-precision models are published. */
function stored(dtype: "F16" | "BF16", field: string): Map<string, Uint8Array> {
  const files = inMemory("llama");
  const { tensors } = readSafetensors(files.get("model.safetensors")!);
  const rounded = new Map(
    [...tensors].map(([name, one]) => [name, { shape: one.shape, data: one.toFloat32(), dtype }]),
  );
  files.set("model.safetensors", writeSafetensors(rounded, { format: "pt" }));
  const { dtype: _, torch_dtype: __, ...config } = json(files.get("config.json"));
  const name = { F16: "float16", BF16: "bfloat16" }[dtype];
  return files.set("config.json", bytes(JSON.stringify({ ...config, [field]: name })));
}

describe("what weights are stored as is what config.json says", () => {
  it.each([
    ["F16", "torch_dtype"],
    ["BF16", "torch_dtype"],
    ["BF16", "dtype"],
  ] as const)("%s in %s: the same bytes again", async (dtype, field) => {
    const files = stored(dtype, field);
    expect(differentFile(await saved(await fromPretrained(memory(files))), files)).toBe(undefined);
  });

  it.each(["torch_dtype", "dtype"])(
    "float32, and %s says so, once values are no longer of the smaller type",
    async (field) => {
      const loaded = await fromPretrained(memory(stored("BF16", field)));
      const norm = loaded.model.find("norm.weight", Parameter);
      norm.assign(norm.data.map((x) => x + 1e-6));
      const written = await saved(loaded);
      expect(json(written.get("config.json"))).toEqual({ ...loaded.config, [field]: "float32" });
      const again = await fromPretrained(memory(written));
      expect(again.model.find("norm.weight", Parameter).data).toEqual(norm.data);
    },
  );

  it("what the caller asks for, rounded to nearest", async () => {
    const loaded = await fromPretrained(memory(inMemory("llama")));
    const exact = loaded.model.find("norm.weight", Parameter).data;
    for (const [weights, dtype, precision] of [
      ["float16", "F16", 2 ** -11],
      ["bfloat16", "BF16", 2 ** -8],
    ] as const) {
      const written = await saved(loaded, { weights });
      expect(json(written.get("config.json"))).toMatchObject({ dtype: weights });
      const { tensors } = readSafetensors(written.get("model.safetensors")!);
      for (const tensor of tensors.values()) expect(tensor.dtype).toBe(dtype);
      const rounded = tensors.get("model.norm.weight")!.toFloat32();
      rounded.forEach((x, i) => {
        expect(Math.abs(x - exact[i]!)).toBeLessThanOrEqual(precision * Math.abs(exact[i]!));
      });
    }
  });

  it("and numbers that would become infinite are refused", async () => {
    const model = gpt({ vocabSize: 8, contextLength: 8, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
    const bias = model.find("norm.bias", Parameter);
    for (const [weights, wrong, right] of [
      ["float16", 65_520, 65_519],
      ["bfloat16", 3.3961776e38, 3.39e38],
    ] as const) {
      bias.data[3] = wrong;
      await expect(saved({ model }, { weights })).rejects.toThrow(
        `norm.bias holds ${Math.fround(wrong)} at 3, too large for ${weights}`,
      );
      bias.data[3] = right;
      const { tensors } = readSafetensors((await saved({ model }, { weights })).get("model.safetensors")!);
      expect(tensors.get("transformer.ln_f.bias")!.toFloat32().every(Number.isFinite)).toBe(true);
    }
  });

  it("and a model of one's own says it where it is not float32", async () => {
    const model = gpt({ vocabSize: 8, contextLength: 8, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
    expect(json((await saved({ model })).get("config.json"))).not.toHaveProperty("torch_dtype");
    const written = await saved({ model }, { weights: "float16" });
    expect(json(written.get("config.json")).torch_dtype).toBe("float16");
  });
});

describe("a config that came with another model changes only where it must", () => {
  it("in the vocabulary", async () => {
    const { model, config } = await fromPretrained(memory(inMemory("gpt2")), { model: DecoderModel });
    const sizes = { contextLength: 64, dModel: 32, heads: 4, layers: 2, endTokens: model.config.endTokens };
    const larger = gpt({ ...sizes, vocabSize: 100, dropout: 0.1 });
    for (const [path, { shape }] of larger.parameters()) {
      const values = new Float32Array(shape.reduce((size, length) => size * length, 1));
      values.set(model.find(path, Parameter).data);
      larger.find(path, Parameter).assign(values);
    }
    const written = await saved({ model: larger, config });
    expect(json(written.get("config.json"))).toEqual({ ...config, vocab_size: 100 });
  });

  it("in the head", async () => {
    const { config } = await fromPretrained(memory(inMemory("bert-base")));
    const sizes = { vocabSize: 96, contextLength: 64, dModel: 32, heads: 4, layers: 2, dFeedForward: 64, padToken: 0 };
    const classifier = bert({ ...sizes, dropout: 0.1, head: { kind: "sequenceClass", labels: 3 } }, { seed: 1 });
    const { id2label, label2id, architectures, ...rest } = json(
      (await saved({ model: classifier, config })).get("config.json"),
    );
    expect(architectures).toEqual(["BertForSequenceClassification"]);
    expect(id2label).toEqual({ 0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2" });
    expect(label2id).toEqual({ LABEL_0: 0, LABEL_1: 1, LABEL_2: 2 });
    expect({ ...rest, architectures: config.architectures }).toEqual(config);
  });

  it("and not in its sizes", async () => {
    const { config } = await fromPretrained(memory(inMemory("gpt2")));
    const model = gpt({ vocabSize: 96, contextLength: 64, dModel: 32, heads: 8, layers: 2 }, { seed: 1 });
    await expect(saved({ model, config })).rejects.toThrow(/blocks\.0\.attention\.heads is/);
  });
});

describe("a field of config.json that the caller changed and the model contradicts is refused by name", () => {
  it.each([
    ["gpt2", "vocab_size", 50],
    ["gpt2", "eos_token_id", 5],
    ["gpt2", "tie_word_embeddings", false],
    ["bert-sequence", "id2label", { 0: "a", 1: "b", 2: "c", 3: "d", 4: "e", 5: "f", 6: "g" }],
    ["bert-sequence", "architectures", ["BertForTokenClassification"]],
    ["marian", "decoder_start_token_id", 5],
  ])("%s: %s", async (name, field, value) => {
    const { model, config } = await fromPretrained(memory(inMemory(name)));
    for (const edited of [{ ...config, [field]: value }, Object.assign(config, { [field]: value })])
      await expect(saved({ model, config: edited })).rejects.toThrow(
        `savePretrained: config describes another model: config.${field} was changed, and then: `,
      );
  });

  it("and one that it does not contradict is written", async () => {
    const { model, config } = await fromPretrained(memory(inMemory("bert-sequence")));
    const labels = Object.keys(config.id2label as object).map((id) => [id, `label ${id}`]);
    Object.assign(config, { problem_type: "multi_label_classification", id2label: Object.fromEntries(labels) });
    expect(json((await saved({ model, config })).get("config.json"))).toEqual(config);
  });
});

describe("a llama whose attention has biases and its feed-forward layers have none", () => {
  it("loads, computes with them, and is saved again", async () => {
    const files = inMemory("llama");
    const config = { ...json(files.get("config.json")), attention_bias: true };
    const { tensors } = readSafetensors(files.get("model.safetensors")!);
    const all = new Map(
      [...tensors].map(([name, one]) => [name, { shape: one.shape as readonly number[], data: one.toFloat32() }]),
    );
    for (const [name, { shape }] of [...all])
      if (/self_attn\.[qkvo]_proj\.weight/.test(name)) {
        const data = Float32Array.from({ length: shape[0]! }, (_, i) => Math.sin(i));
        all.set(name.replace("weight", "bias"), { shape: [shape[0]!], data });
      }
    files
      .set("config.json", bytes(JSON.stringify(config)))
      .set("model.safetensors", writeSafetensors(all, { format: "pt" }));
    const loaded = await fromPretrained(memory(files), { model: DecoderModel });
    const plain = await fromPretrained(memory(inMemory("llama")), { model: DecoderModel });
    expect(difference(loaded.model.forward([[1, 2]]), plain.model.forward([[1, 2]]))).toBeGreaterThan(1e-3);
    expect(differentFile(await saved(loaded), files)).toBe(undefined);
  });
});

describe("wrong arguments of savePretrained are refused by name", () => {
  const model = gpt({ vocabSize: 8, contextLength: 8, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
  const call = savePretrained as (...args: unknown[]) => Promise<void>;
  it.each([
    [[undefined, memory()], TypeError, "savePretrained: options must be an object"],
    [[{ model, tokeniser: 3 }, memory()], TypeError, 'there is no option "tokeniser"; did you mean "tokenizer"?'],
    [[{ model: "gpt" }, memory()], TypeError, "model must be a DecoderModel"],
    [[{ model, tokenizer: {} }, memory()], TypeError, "tokenizer must be a Tokenizer"],
    [[{ model, config: "{}" }, memory()], TypeError, "config must be the object"],
    [[{ model, config: { model_type: "gpt2", n: 1n } }, memory()], TypeError, "config must be the object"],
    [[{ model, files: {} }, memory()], TypeError, "files must be a Map"],
    [[{ model, files: new Map([["a", "text"]]) }, memory()], TypeError, "files must be a Map"],
    [[{ model, files: new Map([["config.json", bytes("{}")]]) }, memory()], RangeError, "files has config.json"],
    [
      [{ model, files: new Map([["model.safetensors", bytes("")]]) }, memory()],
      RangeError,
      "files has model.safetensors",
    ],
    [[{ model }, memory(), { dtype: "f16" }], TypeError, 'there is no option "dtype"'],
    [[{ model }, memory(), { weights: "f16" }], RangeError, 'weights must be "float32" or "float16" or "bfloat16"'],
    [[{ model }, memory(), { weights: "q8" }], RangeError, 'not "q8"'],
    [[{ model, config: { model_type: "gpt2", n_layer: 1e12 } }, memory()], RangeError, "n_layer: found 1000000000000"],
  ])("%#", async (args, kind, message) => {
    await expect(call(...args)).rejects.toThrow(kind);
    await expect(call(...args)).rejects.toThrow(message);
    expect((args[1] as ReturnType<typeof memory>).files.size).toBe(0);
  });
});

it.each([
  ["llama", "families must be an array of families, or an object with a function for each model_type"],
  [["llama"], 'families[0] must be a family, such as llama from transformer-blocks/families, not "llama"'],
  [[undefined], "families[0] must be a family"],
  [null, "families must be an array of families"],
  [llama, "families must be an array of families"],
  [new Map([["llama", async () => llama]]), "families must be an object"],
  [{ "openai-gpt": llama }, 'families["openai-gpt"] must be a function'],
])("pretrainedLoader(%j) is refused by name", (families, message) => {
  expect(() => (pretrainedLoader as (given: unknown) => unknown)(families)).toThrow(TypeError);
  expect(() => (pretrainedLoader as (given: unknown) => unknown)(families)).toThrow(message);
});
