/**
 * The models that are built in our format, as ONNX and as GGUF; the small ones are for --smoke. `saved` is where the
 * repository has the weights of one; `padded` says that its texts have different lengths.
 */
const llama = {
  ...{ activation: "silu", gated: true, norm: "pre", normalization: "rmsNorm", position: "rotary" },
  ...{ bias: false, epsilon: 1e-5 },
};

const tiny = { vocabSize: 300, contextLength: 64, dModel: 32, heads: 2, layers: 2 };

export const sizes = {
  "bert-base": { kind: "bert", preset: "bert-base", vocabSize: 30_522 },
  "bert-tiny": { kind: "bert", config: tiny },
  // all-MiniLM-L6-v2's shape.
  minilm: {
    ...{ kind: "bert", padded: true },
    config: { vocabSize: 30_522, contextLength: 512, dModel: 384, heads: 12, layers: 6 },
  },
  "minilm-tiny": { kind: "bert", padded: true, config: tiny },
  story: {
    ...{ kind: "llama", saved: "examples/models/story" },
    config: {
      ...llama,
      epsilon: 1e-6,
      vocabSize: 849,
      contextLength: 192,
      dModel: 128,
      heads: 4,
      layers: 3,
      dFeedForward: 288,
    },
  },
  "gpt2-124m": { kind: "gpt", preset: "gpt2", vocabSize: 50_257 },
  "gpt-tiny": { kind: "gpt", config: tiny },
  "gpt-small": {
    kind: "gpt",
    config: { vocabSize: 65, contextLength: 256, dModel: 128, heads: 4, layers: 4 },
  },
  // A tenth of GPT-2, with its vocabulary.
  "gpt-12m": {
    kind: "gpt",
    config: { vocabSize: 50_257, contextLength: 1024, dModel: 192, heads: 4, layers: 4 },
  },
  "gpt-10m": {
    kind: "gpt",
    config: { vocabSize: 65, contextLength: 256, dModel: 384, heads: 6, layers: 6 },
  },
  "llama-135m": {
    kind: "llama",
    config: {
      ...llama,
      ...{ vocabSize: 49_152, contextLength: 2048, dModel: 576, heads: 9, keyValueHeads: 3, layers: 30 },
      dFeedForward: 1536,
    },
  },
  "llama-tiny": { kind: "llama", config: { ...llama, ...tiny, keyValueHeads: 1, dFeedForward: 64 } },
};

export const vocabSizeOf = (name) => sizes[name].vocabSize ?? sizes[name].config.vocabSize;

/** The dimensions of a decoder that a peer needs. */
export function dimensionsOf(name) {
  const known = sizes[name].config ?? { vocabSize: 50_257, dModel: 768, heads: 12, layers: 12 };
  const { vocabSize, dModel, heads, layers, keyValueHeads = heads } = known;
  return { vocabSize, layers, keyValueHeads, headDim: dModel / heads };
}
