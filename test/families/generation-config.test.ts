import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromPretrained, type Pretrained } from "../../src/families";
import { generate, generateStream } from "../../src/generation";
import { DecoderModel, EncoderDecoderModel, gpt } from "../../src/models";
import { complete, stream, translate } from "../../src/tasks";
import { FormatError } from "../../src/tensor";
import { characterTokenizer } from "../../src/tokenizer";
import { inMemory, memory } from "./fixture";

type Fields = Record<string, unknown>;

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/families/${name}.json`, import.meta.url), "utf8"));
interface Reference {
  prompt: number[];
  cases: { model: string; fields: Fields; row: number[] }[];
  sampling: { fields: Fields; first: number[] }[];
}
const { prompt, cases, sampling }: Reference = fixture("generation-options");
/** Every field of generation_config.json that transformers knows, with the value that leaves the text as it is. */
const known: Fields = fixture("config-fields").generation;

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** A fixture with these fields in its generation_config.json, or among those of config.json. */
async function load(
  name: string,
  fields: Fields,
  inConfig = false,
): Promise<Pretrained<DecoderModel | EncoderDecoderModel>> {
  const files = inMemory(name);
  if (!inConfig) files.set("generation_config.json", bytes(fields));
  else {
    const { forced_eos_token_id: _, ...config } = JSON.parse(new TextDecoder().decode(files.get("config.json")));
    files.set("config.json", bytes({ ...config, ...fields }));
  }
  const tokenizer = characterTokenizer([
    `abc${String.fromCharCode(...Array.from({ length: 99 }, (_, i) => 0x4e00 + i))}`,
  ]);
  const loaded = await fromPretrained(memory(files.set("tokenizer.json", bytes(tokenizer.toJson()))));
  if (loaded.model instanceof DecoderModel || loaded.model instanceof EncoderDecoderModel)
    return loaded as Pretrained<DecoderModel | EncoderDecoderModel>;
  throw new Error("it writes no text");
}

const row = async (name: string, fields: Fields, options = {}) =>
  (await generate((await load(name, fields)).model, [prompt], options)).sequences[0];

describe("generation_config.json says how text is written, as it says to transformers", () => {
  it.each(cases)("$model $fields", async ({ model, fields, row: expected }) => {
    expect(await row(model, fields)).toEqual(expected);
    // Older directories have the same fields in config.json.
    const older = await load(model, fields, true);
    expect((await generate(older.model, [prompt])).sequences[0]).toEqual(expected);
  });

  const names: Record<string, string> = {
    ...{ max_new_tokens: "maxNewTokens", min_new_tokens: "minNewTokens", repetition_penalty: "repetitionPenalty" },
    ...{ no_repeat_ngram_size: "noRepeatNgram", bad_words_ids: "badWords", suppress_tokens: "suppressTokens" },
    ...{ begin_suppress_tokens: "beginSuppressTokens", forced_bos_token_id: "forcedStartToken" },
    ...{ encoder_no_repeat_ngram_size: "encoderNoRepeatNgram" },
    ...{ forced_eos_token_id: "forcedEndToken", eos_token_id: "endTokens" },
  };
  const asOptions = cases.filter(
    ({ fields }) => !("max_length" in fields || "min_length" in fields || "top_k" in fields),
  );

  it.each(asOptions)("and so do options: $model $fields", async ({ model, fields, row: expected }) => {
    const options = Object.fromEntries(
      Object.entries(fields)
        .filter(([name]) => name in names)
        .map(([name, value]) => [names[name], name === "eos_token_id" ? [value].flat() : value]),
    );
    expect(await row(model, { decoder_start_token_id: 95 }, options)).toEqual(expected);
    // What the caller says goes before what the file says.
    const other = { max_new_tokens: 3, min_new_tokens: 2, repetition_penalty: 9, no_repeat_ngram_size: 1 };
    const off = { maxNewTokens: 20, minNewTokens: 0, repetitionPenalty: 1, noRepeatNgram: 0 };
    expect(await row(model, { decoder_start_token_id: 95, ...other }, { ...off, ...options })).toEqual(expected);
  });
});

/** Fields that say how a text is computed or what comes back beside it. */
const harmless = [
  ...["use_cache", "cache_implementation", "cache_config", "max_cache_len", "low_memory", "prefill_chunk_size"],
  ...["compile_config", "disable_compile", "continuous_batching_config", "use_mtp", "speculation_type"],
  ...["output_attentions", "output_hidden_states", "output_scores", "output_logits", "return_dict_in_generate"],
  ...["is_assistant", "num_assistant_tokens", "num_assistant_tokens_schedule", "assistant_confidence_threshold"],
  ...["assistant_lookbehind", "target_lookbehind", "assistant_early_exit", "assistant_ensemble_weight"],
  ...["prompt_lookup_num_tokens", "max_matching_ngram_size"],
  // Of beams, which num_beams asks for; of scores that are not numbers, which are an error here.
  ...["early_stopping", "length_penalty", "remove_invalid_values"],
  // Tokens, which are read with the model.
  ...["bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id"],
];

/** Fields that say how tokens are searched for, and their options, which may not be there yet. */
const searching: Record<string, string> = {
  ...{ num_beams: "beams", num_beam_groups: "beamGroups", num_return_sequences: "sequences" },
  ...{ diversity_penalty: "diversityPenalty", penalty_alpha: "penaltyAlpha", guidance_scale: "guidance" },
};

const offered = [
  ...["max_length", "min_length", "max_new_tokens", "min_new_tokens", "max_time", "do_sample", "repetition_penalty"],
  ...["no_repeat_ngram_size", "bad_words_ids", "suppress_tokens", "begin_suppress_tokens", "forced_bos_token_id"],
  ...["encoder_no_repeat_ngram_size", "encoder_repetition_penalty", "sequence_bias", "forced_eos_token_id"],
  ...["exponential_decay_length_penalty", "watermarking_config", "renormalize_logits"],
  ...["temperature", "top_h", "top_k", "top_p", "min_p", "typical_p", "epsilon_cutoff", "eta_cutoff"],
  ...Object.keys(searching),
];

describe("a field that would change the text and is not supported is an error that names it", () => {
  const others = Object.keys(known).filter((name) => ![...harmless, ...offered, "stop_strings"].includes(name));

  it.each(others)("%s", async (name) => {
    const loaded = await load("gpt2", { [name]: 4, max_new_tokens: 2 });
    const message = `sets ${name} to 4, which is not supported; pass without: ["${name}"] to ignore it`;
    await expect(generate(loaded.model, [prompt])).rejects.toThrow(
      `generate: source/generation_config.json ${message}`,
    );
    await expect(complete(loaded, "abc")).rejects.toThrow(message);
    const { sequences } = await generate(loaded.model, [prompt], { without: [name] });
    expect(sequences[0]).toHaveLength(prompt.length + 2);
    // The model itself still computes.
    expect(loaded.model.parameters().size).toBeGreaterThan(0);
    expect(await row("gpt2", { [name]: known[name], max_new_tokens: 2 })).toEqual(sequences[0]);
    expect(await row("gpt2", { [name]: null, max_new_tokens: 2 })).toEqual(sequences[0]);
  });

  it.each(harmless)("%s is not one of them", async (name) => {
    const plain = await row("gpt2", { max_new_tokens: 3 });
    const value = name.endsWith("_token_id") ? 3 : name === "length_penalty" ? 2 : true;
    expect(await row("gpt2", { [name]: value, max_new_tokens: 3 })).toEqual(plain);
  });

  it("translate names it too, and goes on without it", async () => {
    const fields = { dola_layers: 4, bad_words_ids: [[95]], max_length: 9, decoder_start_token_id: 95 };
    const loaded = await load("marian", fields);
    await expect(translate(loaded, "abc")).rejects.toThrow(
      'dola_layers to 4, which is not supported; pass without: ["dola_layers"]',
    );
    const text = await translate(loaded, "abc", { without: ["dola_layers"] });
    expect(text).not.toBe("");
  });
});

describe("stop_strings end the texts of tasks, which know the text", () => {
  const fields = { max_new_tokens: 12 };

  it.each([
    ["one", (stop: string) => stop],
    ["a list", (stop: string) => ["?!", stop]],
  ])("%s", async (_, form) => {
    const whole = await complete(await load("gpt2", fields), "abc");
    const stop = whole[5]!;
    const loaded = await load("gpt2", { ...fields, stop_strings: form(stop) });
    expect(await complete(loaded, "abc")).toBe(whole.slice(0, whole.indexOf(stop)));
    // The caller's own replace them, and `without` ignores them.
    expect(await complete(loaded, "abc", { stop: ["?!"] })).toBe(whole);
    expect(await complete(loaded, "abc", { without: ["stop_strings"] })).toBe(whole);
    await expect(generate(loaded.model, [prompt])).rejects.toThrow(/stop_strings to .*, which only tasks/);
  });

  it.each([4, "", ["a", 1], {}])("%j is a FormatError", async (value) => {
    const loaded = await load("gpt2", { ...fields, stop_strings: value });
    const error = await complete(loaded, "abc").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toContain("generation_config.json: stop_strings: found");
  });
});

/** What is right for a field after all: no setting of a watermark, a scale below 0. */
const takes: Record<string, (value: unknown) => boolean> = {
  watermarking_config: (value) => typeof value === "object" && !Array.isArray(value),
  guidance_scale: (value) => value === -1,
};

describe("fields of the wrong kind are a FormatError that names file and field", () => {
  it.each(
    offered.flatMap((name) =>
      ["wrong", -1, {}, [["x"]]]
        .filter((value) => !takes[name]?.(value))
        .map((value) => ({ fields: { do_sample: true, [name]: value }, name })),
    ),
  )("$fields", async ({ fields, name }) => {
    const { model } = await load("gpt2", fields);
    const error = await generate(model, [prompt]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toContain(`source/generation_config.json: ${name}: found`);
  });
});

it("another watermark than the one that is offered is named as not supported", async () => {
  const { model } = await load("gpt2", { watermarking_config: { ngram_len: 5, keys: [1, 2] } });
  await expect(generate(model, [prompt])).rejects.toThrow("sets watermarking_config to");
  await expect(generate(model, [prompt])).rejects.toThrow("which is not supported");
});

describe("the search of a file is the one that transformers chooses for its fields", () => {
  const plain = { max_new_tokens: 8 };
  const contrastive = { penaltyAlpha: 0.6, topK: 4, maxNewTokens: 8 };

  it("penalty_alpha with top_k is contrastive search, of 50 tokens without top_k", async () => {
    expect(await row("gpt2", { ...plain, penalty_alpha: 0.6, top_k: 4 })).toEqual(await row("gpt2", {}, contrastive));
    expect(await row("gpt2", { ...plain, penalty_alpha: 0.6 })).toEqual(
      await row("gpt2", {}, { ...contrastive, topK: 50 }),
    );
  });

  it("but neither of one token, nor where beams or samples are asked for", async () => {
    const greedy = await row("gpt2", plain);
    const alpha = { ...plain, penalty_alpha: 0.6, top_k: 4 };
    expect(await row("gpt2", { ...alpha, top_k: 1 })).toEqual(greedy);
    expect(await row("gpt2", { ...alpha, num_beams: 3 })).toEqual(await row("gpt2", { ...plain, num_beams: 3 }));
    expect(await row("gpt2", alpha, { beams: 3 })).toEqual(await row("gpt2", { ...plain, num_beams: 3 }));
    const sampled = await row("gpt2", plain, { topK: 4, seed: 2 });
    expect(await row("gpt2", { ...alpha, do_sample: true }, { seed: 2 })).toEqual(sampled);
    expect(await row("gpt2", alpha, { seed: 2 })).toEqual(sampled);
  });

  it("length_penalty and early_stopping count for the beams of the file and of the call", async () => {
    const beams = { beams: 3, lengthPenalty: -4, earlyStopping: true, maxNewTokens: 8, endTokens: [40, 17, 5] };
    const fields = { ...plain, length_penalty: -4, early_stopping: true, eos_token_id: [40, 17, 5] };
    const expected = await row("gpt2", {}, beams);
    expect(await row("gpt2", { ...fields, num_beams: 3 })).toEqual(expected);
    expect(await row("gpt2", fields, { beams: 3 })).toEqual(expected);
  });
});

describe("lists of a generation_config.json are read to their last entry", () => {
  it.each<Fields>([
    { bad_words_ids: [[1], ["x"]] },
    { bad_words_ids: [[1], [2, -1]] },
    { bad_words_ids: [[1], []] },
    { suppress_tokens: [1, "x"] },
    { suppress_tokens: [1, 0.5] },
    { begin_suppress_tokens: [1, -1] },
    { forced_bos_token_id: [3, 4] },
    { forced_bos_token_id: [] },
    { forced_eos_token_id: ["3"] },
    { forced_eos_token_id: [] },
    { sequence_bias: [[[1], 2], [[1]]] },
    {
      sequence_bias: [
        [[1], 2],
        [[], 2],
      ],
    },
    { sequence_bias: [[[1], "2"]] },
    { exponential_decay_length_penalty: [1] },
    { exponential_decay_length_penalty: [1.5, 1.1] },
    { watermarking_config: { bias: "2" } },
    { watermarking_config: { constructor: 1 } },
    { watermarking_config: { seeding_scheme: "constructor" } },
  ])("%j is a FormatError", async (fields) => {
    const { model } = await load("gpt2", fields);
    await expect(generate(model, [prompt])).rejects.toThrow(FormatError);
    await expect(generate(model, [prompt])).rejects.toThrow(`${Object.keys(fields)[0]}: found`);
  });

  it("one token in a list is that token, as older files have it", async () => {
    const tokens = (await row("gpt2", { forced_eos_token_id: [7], max_new_tokens: 4 }))!;
    expect(tokens.at(-1)).toBe(7);
    expect(await row("gpt2", { forced_eos_token_id: 7, max_new_tokens: 4 })).toEqual(tokens);
  });

  it("and a long one is not told whole", async () => {
    for (const name of ["suppress_tokens", "force_words_ids"]) {
      const { model } = await load("gpt2", { [name]: [...Array(1000).keys(), "x"] });
      const error: unknown = await generate(model, [prompt]).catch((reason: unknown) => reason);
      expect((error as Error).message.length).toBeLessThan(400);
    }
  });
});

describe("sampling", () => {
  const loaded = load("gpt2", { do_sample: true, temperature: 2, top_k: 7, top_p: 0.9, max_new_tokens: 30 });
  const explicit = { temperature: 2, topK: 7, topP: 0.9, maxNewTokens: 30 };
  const of = async (options: object) => (await generate((await loaded).model, [prompt], options)).sequences[0];
  const plain = async (options: object) => row("gpt2", {}, options);

  it("is what a file with do_sample asks for, with the file's options", async () => {
    expect(await of({ seed: 3 })).toEqual(await plain({ ...explicit, seed: 3 }));
    expect(await of({})).toEqual(await plain({ ...explicit, seed: 0 }));
    expect(await of({ seed: 3, topK: 2 })).toEqual(await plain({ ...explicit, topK: 2, seed: 3 }));
    expect(await of({ seed: 3, temperature: 0.3 })).toEqual(await plain({ ...explicit, temperature: 0.3, seed: 3 }));
  });

  /** Which tokens may come first. */
  const first = async (fields: Fields, options = {}) => {
    const { model } = await load("gpt2", fields);
    const { scores } = await generate(model, [prompt], { maxNewTokens: 1, outputScores: true, ...options });
    return [...scores![0]!.data.entries()].filter(([, score]) => Number.isFinite(score)).map(([id]) => id);
  };

  it.each(sampling)(
    "takes the tokens that transformers takes where the file says $fields",
    async ({ fields, first: ids }) => {
      expect(await first(fields)).toEqual(ids);
    },
  );

  it("takes all tokens without top_k, by name, or where it is the caller that samples", async () => {
    const vocabSize = 96;
    expect(await first({ do_sample: true })).toHaveLength(50);
    expect(await first({ do_sample: true }, { without: ["top_k"] })).toHaveLength(vocabSize);
    expect(await first({ do_sample: true }, { topK: 60 })).toHaveLength(60);
    expect(await first({}, { seed: 1 })).toHaveLength(vocabSize);
  });

  it("is not where the caller says temperature 0", async () => {
    expect(await of({ temperature: 0 })).toEqual(await plain({ maxNewTokens: 30 }));
  });

  it("has the file's options where it is the caller who asks for it, as in transformers", async () => {
    const fields = { temperature: 2, top_k: 7, max_new_tokens: 30 };
    expect(await row("gpt2", fields, { seed: 3 })).toEqual(
      await plain({ temperature: 2, topK: 7, maxNewTokens: 30, seed: 3 }),
    );
    // A file that means the best token may say so by its temperature.
    expect(await first({ temperature: 0, top_k: 7 }, { seed: 3 })).toHaveLength(7);
  });

  it("is not where a file without do_sample has options of it", async () => {
    const fields = { temperature: 2, top_k: 7, max_new_tokens: 30 };
    expect(await row("gpt2", fields)).toEqual(await plain({ maxNewTokens: 30 }));
  });

  it("is what any option that only sampling has asks for, at temperature 1", async () => {
    const model = gpt({ vocabSize: 40, contextLength: 64, dModel: 16, heads: 2, layers: 1 }, { seed: 5 });
    const text = async (options: object) => (await generate(model, [[1]], { maxNewTokens: 40, ...options })).sequences;
    const greedy = await text({});
    for (const option of [
      { topP: 0.9 },
      { topK: 30 },
      { minP: 0.01 },
      { typicalP: 0.9 },
      { epsilonCutoff: 1e-4 },
      { etaCutoff: 1e-4 },
      { seed: 1 },
    ]) {
      const sampled = await text({ ...option, seed: 1 });
      expect(sampled, JSON.stringify(option)).not.toEqual(greedy);
      expect(sampled).toEqual(await text({ ...option, temperature: 1, seed: 1 }));
      expect(await text(option)).toEqual(await text({ seed: 0, ...option, temperature: 1 }));
    }
  });
});

describe("what ends a text is what generation_config.json says, and config.json's token only where there is no such file", () => {
  // As transformers does: GPT2LMHeadModel.from_pretrained(directory).generate(ids) with eos_token_id in config.json alone.
  const plain = row("gpt2", {}, { maxNewTokens: 12 });
  const load = async (eos: number, fields: Fields | undefined) => {
    const files = inMemory("gpt2");
    const config = JSON.parse(new TextDecoder().decode(files.get("config.json")));
    files.set("config.json", bytes({ ...config, eos_token_id: eos }));
    if (fields !== undefined) files.set("generation_config.json", bytes(fields));
    const loaded = await fromPretrained(memory(files), { model: DecoderModel });
    return (await generate(loaded.model, [prompt], { maxNewTokens: 12 })).sequences[0];
  };

  it.each([{}, { eos_token_id: null }, { max_length: 40 }, { eos_token_id: [] }])("%j", async (fields) => {
    const whole = (await plain)!;
    const second = whole[prompt.length + 1]!;
    const short = whole.slice(0, whole.indexOf(second, prompt.length) + 1);
    expect(await load(second, undefined)).toEqual(short);
    expect(await load(second, fields)).toEqual(whole);
    expect(await load(95, { ...fields, eos_token_id: second })).toEqual(short);
  });
});

it("scores are refused by name where only tokens or a text come back", async () => {
  const loaded = await load("gpt2", { max_new_tokens: 3 });
  const message = /^(generateStream|complete|stream|translate): outputScores has no effect/;
  const options = { outputScores: true };
  expect(() => generateStream(loaded.model, [prompt], options)).toThrow(message);
  await expect(complete(loaded, "abc", options)).rejects.toThrow(message);
  expect(() => stream(loaded, "abc", options)).toThrow(message);
  const marian = await load("marian", { max_new_tokens: 3, decoder_start_token_id: 95 });
  await expect(translate(marian, "abc", options)).rejects.toThrow(message);
  expect(await complete(loaded, "abc", { outputScores: false })).toBe(await complete(loaded, "abc"));
});

it("a prompt as long as max_length is an error that says how to go on", async () => {
  const { model } = await load("gpt2", { max_length: 4 });
  await expect(generate(model, [prompt])).rejects.toThrow(
    "row 0 of the prompt has 5 tokens, and source/generation_config.json allows a max_length of 4; pass maxNewTokens",
  );
  expect((await generate(model, [prompt], { maxNewTokens: 2 })).sequences[0]).toHaveLength(7);
});

describe("a row that may not end before it must is refused, and both lengths are named", () => {
  it.each<[Fields, object, string]>([
    [
      {},
      { minNewTokens: 5, maxNewTokens: 3 },
      "generate: minNewTokens 5 is more than maxNewTokens 3; raise maxNewTokens",
    ],
    [{}, { minNewTokens: 1, maxNewTokens: 0 }, "generate: minNewTokens 1 is more than maxNewTokens 0"],
    [{}, { minNewTokens: 21 }, "generate: minNewTokens 21 is more than the limit of 20"],
    [{ max_new_tokens: 4 }, { minNewTokens: 5 }, "generate: minNewTokens 5 is more than the limit of 4"],
    [{ max_length: 8 }, { minNewTokens: 4 }, "generate: minNewTokens 4 is more than the limit of 3"],
    [{ max_new_tokens: 99, max_length: 6 }, { minNewTokens: 1000 }, "generate: minNewTokens 1000 is more than"],
    [{ min_new_tokens: 5, max_new_tokens: 4 }, {}, "min_new_tokens requires 5 new tokens, more than the limit of 4"],
    [
      { min_length: 30, max_length: 29 },
      {},
      "generation_config.json: min_length requires 25 new tokens, more than the limit of 24",
    ],
    [{ min_new_tokens: 21 }, {}, "more than the limit of 20; pass maxNewTokens or minNewTokens"],
  ])("%j with %j", async (fields, options, message) => {
    const { model } = await load("gpt2", fields);
    await expect(generate(model, [prompt], options)).rejects.toThrow(RangeError);
    await expect(generate(model, [prompt], options)).rejects.toThrow(message);
    expect(() => generateStream(model, [prompt], options)).toThrow(message.replace("generate:", "generateStream:"));
  });

  it.each<[Fields, object, number]>([
    [{}, { minNewTokens: 3, maxNewTokens: 3 }, 3],
    [{ min_new_tokens: 9, max_new_tokens: 12 }, { maxNewTokens: 2 }, 2],
    [{ min_length: 9 }, { maxNewTokens: 2 }, 2],
    [{ min_length: 10, max_new_tokens: 4 }, {}, 4],
    [{ min_length: 90 }, {}, 20],
    [{ max_new_tokens: 4 }, { minLength: 10 }, 4],
    [{ min_new_tokens: 9, max_new_tokens: 3 }, { minNewTokens: 0 }, 3],
    [{ min_length: 8, max_length: 8 }, {}, 3],
    [{ max_new_tokens: 4 }, { minNewTokens: 6, maxNewTokens: 6 }, 6],
  ])("but what the caller says goes before the file: %j with %j", async (fields, options, count) => {
    expect(await row("gpt2", { eos_token_id: null, ...fields }, options)).toHaveLength(prompt.length + count);
  });
});
