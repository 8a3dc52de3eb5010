import { configOf } from "./build.js";
import { formats, quantized } from "./gguf-quantized.js";
import { ggufChunks } from "./gguf-writer.js";

/** Our names, mapped to llama.cpp's. */
const layerNames = {
  attentionNorm: "attn_norm",
  "attention.query": "attn_q",
  "attention.key": "attn_k",
  "attention.value": "attn_v",
  "attention.output": "attn_output",
  feedForwardNorm: "ffn_norm",
  "feedForward.gate": "ffn_gate",
  "feedForward.up": "ffn_up",
  "feedForward.down": "ffn_down",
};

/** One of our decoders as GGUF, in llama.cpp's architecture "llama" or "gpt2", with matrices in the given format. */
export function decoderGguf(model, kind, weights) {
  const { heads, keyValueHeads = heads, layers } = configOf(model);
  const parameters = model.parameters();
  const tensors = [];
  const put = (name, shape, data) => tensors.push({ name, shape, data });
  const copy = (path, name) => {
    for (const part of ["weight", "bias"]) {
      const parameter = parameters.get(`${path}.${part}`);
      if (parameter) put(`${name}.${part}`, [...parameter.shape], parameter.data);
    }
  };
  copy("embedding", "token_embd");
  copy("position", "position_embd");
  copy("norm", "output_norm");
  for (let l = 0; l < layers; l++)
    for (const [ours, theirs] of Object.entries(layerNames)) copy(`blocks.${l}.${ours}`, `blk.${l}.${theirs}`);
  const mapped = kind === "llama" ? interleaved(tensors, { heads, keyValueHeads }) : merged(tensors, layers);
  const format = formats[weights];
  const stored = mapped.map((tensor) => {
    // Positions are looked up and added, without scaling.
    const matrix = tensor.shape.length === 2 && tensor.name !== "position_embd.weight";
    if (!matrix || format.type === 0) return { ...tensor, type: 0 };
    return { ...tensor, type: format.type, data: quantized(tensor.data, format) };
  });
  const fields = { ...modelFields(configOf(model), kind), ...vocabularyFields(configOf(model).vocabSize) };
  return ggufChunks({ ...fields, "general.file_type": { uint32: format.file } }, stored);
}

/** llama.cpp rotates neighbours, we rotate halves: rows of query and key are reordered. */
function interleaved(tensors, { heads, keyValueHeads }) {
  return tensors.map((tensor) => {
    const count = tensor.name.endsWith("attn_q.weight") ? heads : keyValueHeads;
    if (!/attn_[qk]\.weight$/.test(tensor.name)) return tensor;
    const [rows, width] = tensor.shape;
    const headDim = rows / count;
    const data = new Float32Array(tensor.data.length);
    for (let row = 0; row < rows; row++) {
      const [head, at] = [Math.floor(row / headDim), row % headDim];
      const from = head * headDim + (at % 2) * (headDim / 2) + (at >> 1);
      data.set(tensor.data.subarray(from * width, (from + 1) * width), row * width);
    }
    return { ...tensor, data };
  });
}

/** GPT-2 stores query, key and value in one tensor. */
function merged(tensors, layers) {
  const named = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  for (let l = 0; l < layers; l++)
    for (const part of ["weight", "bias"]) {
      const three = ["q", "k", "v"].map((letter) => `blk.${l}.attn_${letter}.${part}`);
      const parts = three.map((name) => named.get(name));
      for (const name of three) named.delete(name);
      const data = new Float32Array(3 * parts[0].data.length);
      for (const [i, { data: values }] of parts.entries()) data.set(values, i * values.length);
      const [rows, ...rest] = parts[0].shape;
      const name = `blk.${l}.attn_qkv.${part}`;
      named.set(name, { name, shape: [3 * rows, ...rest], data });
    }
  return [...named.values()];
}

function modelFields(config, kind) {
  const { dModel, heads, keyValueHeads = heads, layers, epsilon = 1e-5 } = config;
  const architecture = kind === "llama" ? "llama" : "gpt2";
  const own =
    kind === "llama"
      ? {
          "attention.layer_norm_rms_epsilon": { float32: epsilon },
          "rope.dimension_count": { uint32: dModel / heads },
          "rope.freq_base": { float32: config.rotaryBase ?? 10_000 },
        }
      : { "attention.layer_norm_epsilon": { float32: epsilon } };
  const sized = {
    context_length: { uint32: config.contextLength },
    embedding_length: { uint32: dModel },
    block_count: { uint32: layers },
    feed_forward_length: { uint32: config.dFeedForward ?? 4 * dModel },
    "attention.head_count": { uint32: heads },
    "attention.head_count_kv": { uint32: keyValueHeads },
    vocab_size: { uint32: config.vocabSize },
    ...own,
  };
  const prefixed = Object.entries(sized).map(([name, value]) => [`${architecture}.${name}`, value]);
  return {
    "general.architecture": { string: architecture },
    ...Object.fromEntries(prefixed),
  };
}

/** A model must have a vocabulary: bytes, and invented words. */
function vocabularyFields(vocabSize) {
  const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, "0")}>`);
  const words = Array.from({ length: vocabSize - 259 }, (_, i) => `▁t${i}`);
  const kinds = [2, 3, 3, ...bytes.map(() => 6), ...words.map(() => 1)];
  return {
    "tokenizer.ggml.model": { string: "llama" },
    "tokenizer.ggml.tokens": { array: "string", values: ["<unk>", "<s>", "</s>", ...bytes, ...words] },
    "tokenizer.ggml.scores": { array: "float32", values: kinds.map((_, i) => (i < 259 ? 0 : 259 - i)) },
    "tokenizer.ggml.token_type": { array: "int32", values: kinds },
    "tokenizer.ggml.bos_token_id": { uint32: 1 },
    "tokenizer.ggml.eos_token_id": { uint32: 2 },
    "tokenizer.ggml.unknown_token_id": { uint32: 0 },
  };
}
