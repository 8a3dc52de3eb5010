/** What compiles where a rank is asked for: that rank, or one that the compiler does not know. Nothing here runs. */
import {
  DecoderBlock,
  EncoderBlock,
  FeedForward,
  MultiHeadAttention,
  OutputHead,
  type Pass,
  type Sequence,
  type SequenceLayer,
} from "../../src/blocks";
import { attention, attentionWeights, multiply, reshape, slice, type Tensor, zeros } from "../../src/tensor";
import { expectShape } from "./equal";

type Heads = Tensor<readonly [number, number, number, number]>;

export function attending(unknown: Tensor, heads: Heads) {
  expectShape<readonly [batch: number, seq: number, heads: number, headDim: number]>().of(
    attention(unknown, unknown, unknown),
  );
  attention(heads, unknown, zeros([1, 2, 3, 4]), { causal: true });
  attention(heads, heads, reshape(multiply(heads, 0), heads.shape));
  attentionWeights(unknown, heads);
  // @ts-expect-error rank 2
  attention(zeros([2, 3]), unknown, unknown);
  // @ts-expect-error rank 3
  attention(heads, heads, zeros([2, 3, 4]));
  // @ts-expect-error rank 3
  attentionWeights(unknown, zeros([2, 3, 4]));
  // @ts-expect-error an array
  attention([1], heads, heads);
}

export function blocks(unknown: Tensor, hidden: Tensor<Sequence>, layer: SequenceLayer) {
  const sizes = { dModel: 4, heads: 2 };
  const every = [
    new MultiHeadAttention(sizes),
    new EncoderBlock(sizes),
    new DecoderBlock(sizes),
    new FeedForward(sizes),
  ];
  for (const block of every) {
    expectShape<Sequence>().of(block.forward(unknown));
    block.forward(hidden, { causal: true });
    block.forward(zeros([1, 2, 4]));
    block.forward(reshape(multiply(hidden, 0), hidden.shape));
    block.forward(reshape(unknown, hidden.shape));
    block.forward(slice(hidden, { axis: 1, start: -1 }));
    block.forward(multiply(unknown, 2));
    // @ts-expect-error rank 2
    block.forward(zeros([2, 4]));
    // @ts-expect-error rank 4
    block.forward(zeros([1, 2, 2, 2]));
  }
  new OutputHead({ kind: "languageModel", dModel: 4, vocabSize: 8 }).forward(unknown);
  layer.forward(new EncoderBlock(sizes).forward(unknown));
}

/** Layers of one's own need not say that they take any rank. */
export class Own extends MultiHeadAttention {
  override forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence> {
    return super.forward(x, pass);
  }
}
export const layer: SequenceLayer = new Own({ dModel: 4, heads: 2 });
