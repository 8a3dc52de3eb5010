import {
  bert,
  DecoderBlock,
  Embedding,
  EncoderBlock,
  encoderDecoder,
  FeedForward,
  gpt,
  type Ids,
  initialize,
  LayerNorm,
  Linear,
  type Module,
  MultiHeadAttention,
  PositionalEncoding,
  RMSNorm,
  type Sequence,
  type Tensor,
  zeros,
} from "transformer-blocks";
import { describe, expect, it } from "vitest";

const sizes = { vocabSize: 5, contextLength: 4, dModel: 8, heads: 2, layers: 1 };
const seed = { seed: 1 };

describe("a batch without rows, or of rows without tokens, goes through", () => {
  const head = (kind: "tokenClass" | "sequenceClass") => ({ ...sizes, head: { kind, labels: 3 } });
  const readers: [name: string, read: (ids: Ids) => Tensor, last: number][] = [
    ["an embedding", (ids) => initialize(new Embedding({ vocabSize: 5, dModel: 8 }), seed).forward(ids), 8],
    [
      "a scaled embedding",
      (ids) => initialize(new Embedding({ vocabSize: 5, dModel: 8, scale: 2 }), seed).forward(ids),
      8,
    ],
    ["gpt", (ids) => gpt(sizes, seed).forward(ids), 5],
    ["gpt with rotary positions", (ids) => gpt({ ...sizes, position: "rotary" }, seed).forward(ids), 5],
    ["bert", (ids) => bert(sizes, seed).forward(ids), 8],
    ["bert for classes of tokens", (ids) => bert(head("tokenClass"), seed).forward(ids), 3],
    ["a source of an encoder-decoder", (ids) => encoderDecoder(sizes, seed).encode(ids), 8],
  ];

  it.each(readers)("%s", (_, read, last) => {
    expect(read([]).shape).toEqual([0, 0, last]);
    expect(read([[], []]).shape).toEqual([2, 0, last]);
  });

  const layers: (Module & { forward: (x: Tensor<Sequence>) => Tensor })[] = [
    new Linear({ inFeatures: 8, outFeatures: 8 }),
    new LayerNorm({ dModel: 8 }),
    new RMSNorm({ dModel: 8 }),
    new FeedForward({ dModel: 8 }),
    new MultiHeadAttention({ dModel: 8, heads: 2 }),
    new EncoderBlock({ dModel: 8, heads: 2 }),
    new DecoderBlock({ dModel: 8, heads: 2 }),
    new PositionalEncoding({ kind: "sinusoidal", dModel: 8 }),
    new PositionalEncoding({ kind: "learned", dModel: 8, contextLength: 4 }),
  ];

  it.each(layers.map((layer) => ({ name: layer.constructor.name, layer })))("$name", ({ layer }) => {
    initialize(layer, seed);
    for (const shape of [
      [0, 3, 8],
      [2, 0, 8],
      [0, 0, 8],
    ] as const)
      expect(layer.forward(zeros(shape)).shape).toEqual(shape);
  });
});
