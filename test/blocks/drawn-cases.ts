import { readFileSync } from "node:fs";
import {
  type Activation,
  DecoderBlock,
  EncoderBlock,
  FeedForward,
  MultiHeadAttention,
  makeNorm,
  multiply,
  ParallelBlock,
  type Pass,
  PositionalEncoding,
  RMSNorm,
  type Tensor,
  tensor,
} from "transformer-blocks";
import { filled, valuesAt } from "../models/drawn-values";

/** What `drawn_layers.py` was given, and what PyTorch made of it. */
export interface Case {
  kind: "attention" | "feedForward" | "norm" | "block";
  given: Record<string, unknown> & { heads: number };
  output: number[];
}

export const { inputs, cases } = JSON.parse(
  readFileSync(new URL("../fixtures/blocks/drawn.json", import.meta.url), "utf8"),
) as {
  inputs: {
    positions: Record<string, number[] | number[][]>;
    padding: { self: number[][]; memory: number[][] };
    sizes: [batch: number, seq: number, source: number, dModel: number];
  };
  cases: Case[];
};

const [batch, seq, source, dModel] = inputs.sizes;

/** The inputs of `x_of` in Python. */
const input = <const S extends readonly number[]>(name: string, shape: S): Tensor<S> =>
  tensor(
    valuesAt(name, shape).map((value) => 3 * value),
    shape,
  );

const x = () => input("x", [batch, seq, dModel]);
const memory = () => input("memory", [batch, source, dModel]);

/** `per_head` in Python. */
function maskOf(heads: number, keys: number): Tensor {
  const kept = (place: number) => ((place * 7) % 5 < 3 || place % keys === 0 ? 1 : 0);
  return tensor(
    Float32Array.from({ length: heads * seq * keys }, (_, place) => kept(place)),
    [1, heads, seq, keys],
  );
}

function attend({ given }: Case): Tensor {
  const { heads, rotary, mask, memory: cross, positions, causal, scoreBias, ...more } = given;
  const headDim = (given.headDim as number | undefined) ?? dModel / heads;
  const position = rotary ? new PositionalEncoding({ kind: "rotary", headDim, ...rotary }) : undefined;
  const keys = cross ? source : seq;
  const pass: Pass = {
    mask:
      mask === "heads"
        ? maskOf(heads, keys)
        : mask === "padding"
          ? inputs.padding[cross ? "memory" : "self"]
          : (mask as "causal" | undefined),
    positions: positions === undefined ? undefined : inputs.positions[positions as string],
    causal: causal as boolean | undefined,
    bias: scoreBias ? input("scoreBias", [1, heads, seq, keys]) : undefined,
    memory: cross ? memory() : undefined,
  };
  return filled(new MultiHeadAttention({ dModel, heads, position, ...more })).forward(x(), pass);
}

function feed({ given }: Case): Tensor {
  const square: Activation = (y) => multiply(y, y);
  const activation = given.activation === "square" ? square : (given.activation as Activation | undefined);
  return filled(new FeedForward({ dModel, ...given, activation })).forward(x());
}

function normalize({ given }: Case): Tensor {
  const { kind, ...options } = given;
  return filled(makeNorm(kind as "layerNorm", { dModel, ...options })).forward(x());
}

function throughBlock({ given }: Case): Tensor {
  const { kind, ...options } = given;
  const own = options.normalization === "own" && { normalization: () => new RMSNorm({ dModel, offset: 1 }) };
  const config = { dModel, ...options, ...own };
  const Block = { encoder: EncoderBlock, decoder: DecoderBlock, parallel: ParallelBlock }[kind as "encoder"];
  return filled(new Block(config)).forward(x(), options.crossAttention ? { memory: memory() } : {});
}

const runs = { attention: attend, feedForward: feed, norm: normalize, block: throughBlock };

export const name = ({ kind, given }: Case) =>
  `${kind} with ${
    Object.entries(given)
      .map(([setting, value]) => `${setting} ${JSON.stringify(value)}`)
      .join(", ") || "nothing set"
  }`;

/** Runs the layer of a case, with the kernels that are current. */
export const run = (drawn: Case): Tensor => runs[drawn.kind](drawn);
