/** Bugs in layers, blocks and models, each beside the module without it. */
import {
  add,
  bert,
  cumulativeSum,
  DecoderBlock,
  EncoderBlock,
  FeedForward,
  gpt,
  type Ids,
  initialize,
  MultiHeadAttention,
  mean,
  multiply,
  PositionalEncoding,
  reshape,
  type Sequence,
  type Tensor,
} from "transformer-blocks";
import type {
  BlockLawPass,
  decoderBlockLaws,
  decoderModelLaws,
  encoderBlockLaws,
  encoderModelLaws,
  feedForwardLaws,
  ModelLawPass,
  ResidualImplementation,
  residualLaws,
} from "transformer-blocks/testing";
import type { Mutant } from "./mutant";

type Vectors = Tensor<Sequence>;
type Block = (x: Vectors, pass?: BlockLawPass) => Tensor;
type Model = (ids: Ids, pass?: ModelLawPass) => Tensor;

const dModel = 8;
const sizes = { dModel, heads: 2 };
const seed = { seed: 3 };
/** A mean over an axis, added to every number along it. */
const mixed = (x: Tensor, axis: number) => add(x, mean(x, { axis, keepAxis: true }) as Tensor) as Vectors;

export const feedForward = initialize(new FeedForward({ dModel }), seed);

export const feedForwardMutants: Mutant<Block, keyof typeof feedForwardLaws>[] = [
  { bug: "positions are mixed", law: "positionwise", implementation: (x) => feedForward.forward(mixed(x, 1)) },
  {
    bug: "the result depends on the position",
    law: "positionwise",
    implementation: (x) => feedForward.forward(new PositionalEncoding({ kind: "sinusoidal", dModel }).forward(x)),
  },
];

export const encoderBlock = initialize(new EncoderBlock(sizes), seed);
export const decoderBlock = initialize(new DecoderBlock(sizes), seed);

/** [a, b, c] read as [b, a, c], without moving a number. */
const misread = (x: Vectors) => reshape(x, [x.shape[1], x.shape[0], x.shape[2]]) as Vectors;

export const encoderBlockMutants: Mutant<Block, keyof typeof encoderBlockLaws>[] = [
  {
    bug: "batch and sequence are swapped",
    law: "rowsApart",
    implementation: (x, pass) =>
      pass?.mask ? encoderBlock.forward(x, pass) : misread(encoderBlock.forward(misread(x))),
  },
  {
    bug: "statistics of the batch",
    law: "rowsApart",
    implementation: (x, pass) => encoderBlock.forward(mixed(x, 0), pass),
  },
  { bug: "the mask is not passed on", law: "paddingIsAbsence", implementation: (x) => encoderBlock.forward(x) },
  {
    bug: "the mean is taken over padding as well",
    law: "paddingIsAbsence",
    implementation: (x, pass) => mixed(encoderBlock.forward(x, pass), 1),
  },
  {
    bug: "an encoder hides the future",
    law: "tokenOrder",
    implementation: (x, pass) => encoderBlock.forward(x, { ...pass, causal: true }),
  },
];

export const decoderBlockMutants: Mutant<Block, keyof typeof decoderBlockLaws>[] = [
  {
    bug: "the future is not hidden",
    law: "causality",
    implementation: (x, pass) => decoderBlock.forward(x, { ...pass, causal: false }),
  },
  {
    bug: "the mean over the whole text is added",
    law: "causality",
    implementation: (x, pass) => mixed(decoderBlock.forward(x, pass), 1),
  },
  { bug: "the mask is not passed on", law: "paddingBefore", implementation: (x) => decoderBlock.forward(x) },
  {
    bug: "the running sum counts padding before the text",
    law: "paddingBefore",
    implementation: (x, pass) => cumulativeSum(decoderBlock.forward(x, pass), { axis: 1 }),
  },
];

export const preNormBlock = initialize(new DecoderBlock({ ...sizes, norm: "pre" }), seed);

const changed = (forward: (x: Vectors) => Tensor): ResidualImplementation => ({
  forward,
  parameters: () => preNormBlock.parameters(),
});

export const residualMutants: Mutant<ResidualImplementation, keyof typeof residualLaws>[] = [
  {
    bug: "the residual connection is missing",
    law: "identityAtZero",
    implementation: initialize(new MultiHeadAttention(sizes), seed),
  },
  {
    bug: "the norm comes after the sum",
    law: "identityAtZero",
    implementation: initialize(new DecoderBlock({ ...sizes, norm: "post" }), seed),
  },
  {
    bug: "the input is added twice",
    law: "identityAtZero",
    implementation: changed((x) => add(preNormBlock.forward(x), x)),
  },
  {
    bug: "the input is normalized before it is added",
    law: "identityAtZero",
    implementation: changed((x) => multiply(preNormBlock.forward(x), 0.5)),
  },
];

const config = { vocabSize: 8, contextLength: 16, dModel, heads: 2, layers: 2, initialDeviation: 0.5 };
export const decoder = gpt(config, seed);
export const encoder = bert(config, seed);

/** The decoder with other positions than 0, 1, 2, … */
const placed =
  (position: (i: number, held: number) => number): Model =>
  (ids, pass = {}) => {
    const held = pass.cache?.length ?? 0;
    return decoder.forward(ids, { ...pass, positions: ids[0]!.map((_, i) => position(i, held)) });
  };

export const decoderModelMutants: Mutant<Model, keyof typeof decoderModelLaws>[] = [
  { bug: "positions begin at 0 in every call", law: "cached", implementation: placed((i) => i) },
  {
    bug: "positions are one too large behind a cache",
    law: "cached",
    implementation: placed((i, held) => i + held + Math.min(held, 1)),
  },
  { bug: "the cache is not used", law: "cached", implementation: (ids) => decoder.forward(ids) },
  {
    bug: "the future is not hidden",
    law: "prefix",
    implementation: (ids, pass) => decoder.forward(ids, { ...pass, causal: false }),
  },
  {
    bug: "positions count from the end",
    law: "prefix",
    implementation: (ids, pass) => placed((i) => ids[0]!.length - 1 - i)(ids, pass),
  },
  {
    bug: "statistics of the batch",
    law: "rowsApart",
    implementation: (ids, pass) => mixed(decoder.forward(ids, pass), 0),
  },
  {
    bug: "the mask is not passed on",
    law: "paddingBefore",
    implementation: (ids, pass) => decoder.forward(ids, { ...pass, mask: undefined }),
  },
  {
    bug: "padding has positions of its own",
    law: "paddingBefore",
    implementation: (ids, pass) => decoder.forward(ids, { ...pass, positions: undefined }),
  },
];

export const encoderModelMutants: Mutant<Model, keyof typeof encoderModelLaws>[] = [
  { bug: "the mask is not passed on", law: "paddingIsAbsence", implementation: (ids) => encoder.forward(ids) },
  {
    bug: "the mask hides all but the last padding",
    law: "paddingIsAbsence",
    implementation: (ids, { mask } = {}) => encoder.forward(ids, { mask: mask?.map((row) => row.with(-1, 1)) }),
  },
  {
    bug: "statistics of the batch",
    law: "rowsApart",
    implementation: (ids, pass) => mixed(encoder.forward(ids, pass) as Vectors, 0),
  },
];
