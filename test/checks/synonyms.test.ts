import {
  attention,
  bert,
  classify,
  complete,
  crossEntropy,
  DecoderBlock,
  Embedding,
  embed,
  encoderDecoder,
  FeedForward,
  fillMask,
  fromPretrained,
  generate,
  gpt,
  initialize,
  LayerNorm,
  Linear,
  MultiHeadAttention,
  ones,
  PositionalEncoding,
  softmax,
  translate,
} from "transformer-blocks";
import { characterTokenizer } from "transformer-blocks/tokenizer";
import { adamW, train, warmupCosine } from "transformer-blocks/training";
import { describe, expect, it } from "vitest";
import { adviceOn, knownAs, synonymOf } from "../../src/synonyms";

const sizes = { vocabSize: 8, contextLength: 8, dModel: 4, heads: 2, layers: 1 };
const model = gpt(sizes, { seed: 1 });
const linear = initialize(new Linear({ inFeatures: 1, outFeatures: 1 }), { seed: 1 });
const tokenizer = characterTokenizer(["abc"], { specialTokens: ["<pad>", "[MASK]"] });
const loaded = { model, tokenizer };
const heads = ones([1, 1, 1, 1]);
const encoder = (head: object) => ({
  model: bert({ ...sizes, head: head as { kind: "questionAnswering" } }, { seed: 1 }),
  tokenizer,
});

/** Calls with one option more, by the functions' names. */
const calls: Readonly<Record<string, (option: object) => unknown>> = {
  gpt: (option) => gpt({ ...sizes, ...option }),
  bert: (option) => bert({ ...sizes, ...option }),
  encoderDecoder: (option) => encoderDecoder({ ...sizes, ...option }),
  MultiHeadAttention: (option) => new MultiHeadAttention({ dModel: 4, heads: 2, ...option }),
  DecoderBlock: (option) => new DecoderBlock({ dModel: 4, heads: 2, ...option }),
  FeedForward: (option) => new FeedForward({ dModel: 4, ...option }),
  LayerNorm: (option) => new LayerNorm({ dModel: 4, ...option }),
  Embedding: (option) => new Embedding({ vocabSize: 4, dModel: 4, ...option }),
  Linear: (option) => new Linear({ inFeatures: 4, outFeatures: 4, ...option }),
  PositionalEncoding: (option) => new PositionalEncoding({ kind: "rotary", headDim: 2, ...option }),
  forward: (option) => model.forward([[1]], option),
  attention: (option) => attention(heads, heads, heads, option),
  softmax: (option) => softmax(heads, option),
  crossEntropy: (option) => crossEntropy(ones([1, 2]), [0], option),
  generate: (option) => generate(model, [[1]], option),
  complete: (option) => complete(loaded, "a", option),
  translate: (option) => translate({ model: encoderDecoder(sizes, { seed: 1 }), tokenizer }, "a", option),
  fillMask: (option) => fillMask(encoder({ kind: "maskedLanguageModel" }), "[MASK]", option),
  classify: (option) => classify(encoder({ kind: "sequenceClass", labels: 2 }), "a", option),
  embed: (option) => embed(encoder({ kind: "questionAnswering" }), ["a"], option),
  fromPretrained: (option) => fromPretrained({ read: async () => new Uint8Array() }, option),
  encode: (option) => tokenizer.encode("a", option),
  encodeBatch: (option) => tokenizer.encodeBatch(["a"], option),
  decode: (option) => tokenizer.decode([1], option),
  adamW: (option) => adamW(linear, { learningRate: 1, ...option }),
  warmupCosine: (option) => warmupCosine({ steps: 1, ...option }),
  train: (option) =>
    train(linear, {
      loss: () => ones([]),
      batches: () => 0,
      steps: 0,
      optimizer: adamW(linear, { learningRate: 1 }),
      ...option,
    }),
};

const messageOf = async (call: () => unknown): Promise<string> => {
  try {
    await call();
  } catch (error) {
    return error instanceof TypeError || error instanceof RangeError ? error.message : `another kind: ${String(error)}`;
  }
  return "no error";
};

/** Names of PyTorch, transformers, transformers.js and TensorFlow.js, with ours. */
const renamed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  gpt: {
    ...{ n_embd: "dModel", n_head: "heads", n_layer: "layers", n_positions: "contextLength", n_inner: "dFeedForward" },
    ...{ activation_function: "activation", resid_pdrop: "dropout", embd_pdrop: "embeddingDropout" },
    ...{ attn_pdrop: "attentionDropout", layer_norm_epsilon: "epsilon", initializer_range: "initialDeviation" },
    ...{ vocab_size: "vocabSize", eos_token_id: "endTokens", pad_token_id: "padToken", hidden_size: "dModel" },
    ...{ intermediate_size: "dFeedForward", num_hidden_layers: "layers", num_attention_heads: "heads" },
    ...{ num_key_value_heads: "keyValueHeads", head_dim: "headDim", hidden_act: "activation", rms_norm_eps: "epsilon" },
    ...{ max_position_embeddings: "contextLength", attention_bias: "bias", mlp_bias: "feedForwardBias" },
    ...{ rope_theta: "rotaryBase", attention_dropout: "attentionDropout", d_model: "dModel", nhead: "heads" },
    ...{
      dim_feedforward: "dFeedForward",
      num_layers: "layers",
      layer_norm_eps: "epsilon",
      block_size: "contextLength",
    },
  },
  bert: {
    ...{
      hidden_dropout_prob: "dropout",
      attention_probs_dropout_prob: "attentionDropout",
      type_vocab_size: "typeVocabSize",
    },
    ...{ position_embedding_type: "position" },
  },
  encoderDecoder: {
    ...{ encoder_layers: "layers", num_decoder_layers: "layers", encoder_attention_heads: "heads" },
    ...{ encoder_ffn_dim: "dFeedForward", decoder_start_token_id: "startToken", scale_embedding: "embeddingScale" },
    ...{ activation_dropout: "feedForwardDropout" },
  },
  MultiHeadAttention: {
    embed_dim: "dModel",
    num_heads: "heads",
    keyDim: "headDim",
    useBias: "bias",
    sliding_window: "window",
  },
  DecoderBlock: { nhead: "heads", dim_feedforward: "dFeedForward", layer_norm_eps: "epsilon", d_model: "dModel" },
  FeedForward: { d_ff: "dFeedForward", hidden_dim: "dFeedForward", kernelInitializer: "initial" },
  LayerNorm: { eps: "epsilon", normalized_shape: "dModel" },
  Embedding: { num_embeddings: "vocabSize", embedding_dim: "dModel" },
  Linear: { in_features: "inFeatures", out_features: "outFeatures", useBias: "bias" },
  PositionalEncoding: { theta: "base", head_dim: "headDim" },
  forward: {
    ...{ attention_mask: "mask", src_key_padding_mask: "mask", tgt_mask: "mask", token_type_ids: "types" },
    ...{ position_ids: "positions", past_key_values: "cache", use_cache: "cache", encoder_hidden_states: "memory" },
    ...{ memory_key_padding_mask: "memoryMask", encoder_attention_mask: "memoryMask", is_causal: "causal" },
  },
  attention: { attn_mask: "mask", is_causal: "causal", dropout_p: "dropout", softmax_scale: "scale" },
  softmax: { dim: "axis" },
  crossEntropy: { ignore_index: "ignoreIndex", class_weights: "weight" },
  generate: {
    ...{ max_new_tokens: "maxNewTokens", max_length: "maxLength", min_length: "minLength", top_k: "topK" },
    ...{ top_p: "topP", repetition_penalty: "repetitionPenalty", no_repeat_ngram_size: "noRepeatNgram" },
    ...{ bad_words_ids: "badWords", forced_bos_token_id: "forcedStartToken", forced_eos_token_id: "forcedEndToken" },
    ...{ eos_token_id: "endTokens", attention_mask: "mask", streamer: "onToken", callback_function: "onToken" },
    ...{ output_scores: "outputScores", suppress_tokens: "suppressTokens", typical_p: "typicalP", temp: "temperature" },
  },
  complete: { stop_strings: "stop", max_tokens: "maxNewTokens", stopSequences: "stop" },
  fillMask: { top_k: "top", topk: "top" },
  classify: { topk: "top" },
  embed: { pool: "pooling", normalize_embeddings: "normalize" },
  fromPretrained: { dtype: "weights", quantized: "weights", progress_callback: "onProgress", torch_dtype: "weights" },
  encode: {
    ...{ add_special_tokens: "special", max_length: "maxLength", text_pair: "pair", is_split_into_words: "preSplit" },
    ...{ stride: "truncation", split_special_tokens: "recognizeSpecial" },
  },
  encodeBatch: { padding_side: "padding", pad_to_multiple_of: "padding" },
  decode: { skip_special_tokens: "skipSpecial", clean_up_tokenization_spaces: "cleanUpSpaces" },
  adamW: { lr: "learningRate", eps: "epsilon", weight_decay: "weightDecay", wd: "weightDecay" },
  warmupCosine: { num_warmup_steps: "warmup", num_training_steps: "steps", T_max: "steps", eta_min: "minimum" },
  train: {
    max_grad_norm: "clip",
    gradient_accumulation_steps: "accumulate",
    gradientAccumulation: "accumulate",
    resume_from_checkpoint: "resume",
    max_steps: "steps",
    lr_scheduler: "schedule",
  },
};

describe("an option by another library's name is refused with ours", () => {
  const cases = Object.entries(renamed).flatMap(([name, names]) =>
    Object.entries(names).map(([theirs, ours]) => ({ name, theirs, ours })),
  );

  it.each(cases)("$name: $theirs for $ours", async ({ name, theirs, ours }) => {
    const message = await messageOf(() => calls[name]!({ [theirs]: 1 }));
    expect(message).toContain(`there is no option "${theirs}"; did you mean "${ours}"?`);
  });
});

describe("an option that is done otherwise here is refused with how", () => {
  it.each<[string, object, RegExp]>([
    ["DecoderBlock", { norm_first: true }, /norm: "pre" normalizes first/],
    ["gpt", { norm_first: true }, /norm: "pre" normalizes first/],
    ["MultiHeadAttention", { batch_first: true }, /always \[batch, seq, dModel\]/],
    ["gpt", { tie_word_embeddings: true }, /share the embedding's weight/],
    ["generate", { do_sample: true }, /a temperature above 0 or a seed samples/],
    ["translate", { num_beams: 4 }, /did you mean "beams"/],
    ["complete", { early_stopping: true }, /did you mean "earlyStopping"/],
    ["generate", { stop_strings: ["a"] }, /complete and stream take stop/],
    ["forward", { output_attentions: true }, /inspect gives inner values/],
    ["forward", { output_hidden_states: true }, /inspect gives inner values/],
    ["forward", { training: true }, /if and only if rng is given/],
    ["encode", { return_tensors: "pt" }, /ids are arrays of numbers/],
    ["encode", { return_offsets_mapping: true }, /all are returned/],
    ["fromPretrained", { device: "webgpu" }, /models run on the CPU/],
    ["fromPretrained", { revision: "main" }, /give the directory or URL/],
    ["train", { learning_rate: 1 }, /adamW\(model, \{ learningRate \}\)/],
    ["train", { epochs: 3 }, /steps counts the steps of all passes/],
    ["adamW", { beta1: 0.9 }, /betas: \[beta1, beta2\]/],
    ["adamW", { amsgrad: true }, /it has no equal here; omit it/],
    ["train", { logging_steps: 10 }, /onStep is called after each step/],
    ["train", { device: "cuda" }, /in float32 on the CPU/],
    ["Embedding", { padding_idx: 0 }, /a mask hides it/],
    ["encode", { padding: true }, /encodeBatch pads several/],
    ["fromPretrained", { load_in_8bit: true }, /pass weights: "q8" or "q4"/],
    ["fromPretrained", { num_labels: 2 }, /pass head: \{ kind: "sequenceClass", labels, seed \}/],
  ])("%s: %o", async (name, option, hint) => {
    const message = await messageOf(() => calls[name]!(option));
    expect(message).toMatch(hint);
    expect(message).toContain(`there is no option "${Object.keys(option)[0]}"`);
  });
});

describe("a word of another library is refused with ours", () => {
  it.each<[string, object, string]>([
    ["gpt", { activation: "gelu_new" }, '"geluTanh"'],
    ["gpt", { activation: "gelu_pytorch_tanh" }, '"geluTanh"'],
    ["FeedForward", { activation: "swish" }, '"silu"'],
    ["FeedForward", { activation: "SiLU" }, '"silu"'],
    ["gpt", { norm: "pre_norm" }, '"pre"'],
    ["DecoderBlock", { normalization: "rms_norm" }, '"rmsNorm"'],
    ["DecoderBlock", { normalization: "RMSNorm" }, '"rmsNorm"'],
    ["gpt", { position: "rope" }, '"rotary"'],
    ["gpt", { position: "absolute" }, '"learned"'],
    ["crossEntropy", { reduction: "avg" }, '"mean"'],
    ["embed", { pooling: "cls" }, '"first"'],
    ["embed", { pooling: "average" }, '"mean"'],
    ["bert", { head: { kind: "mlm" } }, '"maskedLanguageModel"'],
    ["bert", { head: "mlm" }, '"maskedLanguageModel"'],
    ["bert", { head: "fill-mask" }, '"maskedLanguageModel"'],
    ["bert", { head: "text-classification" }, '"sequenceClass"'],
    ["bert", { head: "ner" }, '"tokenClass"'],
    ["bert", { head: "question-answering" }, '"questionAnswering"'],
    ["fromPretrained", { weights: "int8" }, '"q8"'],
    ["encode", { truncation: { strategy: "only_first" } }, '"onlyFirst"'],
  ])("%s: %o", async (name, option, ours) => {
    expect(await messageOf(() => calls[name]!(option))).toContain(`; did you mean ${ours}?`);
  });

  it.each<[object, RegExp]>([
    [{ padding: "max_length" }, /padding must be true, false or \{.*; write \{ length \}/],
    [{ padding: "longest" }, /; write true$/],
    [{ padding: "do_not_pad" }, /; write false/],
    [{ truncation: "only_first" }, /; write \{ strategy: "onlyFirst" \}/],
    [{ truncation: "longest_first" }, /; write \{ strategy: "longestFirst" \}/],
  ])("encodeBatch: %o", async (option, hint) => {
    expect(await messageOf(() => calls.encodeBatch!(option))).toMatch(hint);
  });
});

it("a tensor where the pass belongs is told so, and where memory belongs", () => {
  const x = ones([1, 2, 4]);
  const layer = initialize(new MultiHeadAttention({ dModel: 4, heads: 2 }), { seed: 1 });
  const forward = layer.forward.bind(layer) as (...args: unknown[]) => unknown;
  const expected =
    "MultiHeadAttention: the pass must be an object such as { mask, positions, memory }, not a Tensor; for cross attention pass { memory: tensor }";
  for (const args of [
    [x, x, x],
    [x, x],
    [x, x, x, { mask: "causal" }],
  ])
    expect(() => forward(...args)).toThrow(new TypeError(expected));
});

it("the option that is meant does not depend on which modules were loaded first", () => {
  const tables = [
    { table: { near: 1, beside: 1 }, options: ["near thing"], advice: [["near", "gone", "come near"]] },
    { table: { far: 1, away: 1 }, options: ["far thing"], advice: [["far", "gone", "go far"]] },
  ] as const;
  for (const order of [tables, tables.toReversed()]) {
    for (const { table, ...synonyms } of order) knownAs(synonyms, table);
    // The table with most of the known options, then the first known option.
    expect(synonymOf("thing", ["far", "near", "beside"])).toBe("near");
    expect(synonymOf("thing", ["near", "far", "away"])).toBe("far");
    expect(synonymOf("thing", ["near", "far"])).toBe("near");
    expect(synonymOf("thing", ["far", "near"])).toBe("far");
    expect(adviceOn("gone", ["far", "near", "beside"])).toBe("come near");
    expect(adviceOn("gone", ["near", "far", "away"])).toBe("go far");
  }
});
