import { readFileSync } from "node:fs";
import {
  AcrossHeads,
  type Activation,
  AlibiPositions,
  DecoderBlock,
  EncoderBlock,
  FeedForward,
  type HeadLayers,
  LayerNorm,
  Linear,
  MultiHeadAttention,
  makeNorm,
  multiply,
  ParallelBlock,
  type Pass,
  PerHeadNorm,
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

/** The settings of a layer, without those of its pass. */
function others({ rotary, mask, memory, positions, causal, scoreBias, ...more }: Case["given"]) {
  return more as {
    headLayers?: "norm" | "turnedFirst" | "across" | "perHead";
    valueNorm?: true;
    contextNorm?: true;
    gate?: true;
    alibi?: true;
  };
}

/** The layers of queries or keys. */
function headLayersOf(
  kind: ReturnType<typeof others>["headLayers"],
  { heads, headDim, turn }: { heads: number; headDim: number; turn: PositionalEncoding | undefined },
): HeadLayers {
  if (kind === "across") return { norm: new AcrossHeads({ layer: new RMSNorm({ dModel: heads * headDim }) }) };
  if (kind === "perHead") return { norm: new PerHeadNorm({ heads, headDim }) };
  const norm = new RMSNorm({ dModel: headDim });
  return kind === "turnedFirst" ? { position: turn!, norm } : { norm };
}

function attend({ given }: Case): Tensor {
  const { heads, rotary, mask, memory: cross, positions, causal, scoreBias } = given;
  const { headLayers: kind, valueNorm, contextNorm, gate, alibi, ...more } = others(given);
  const headDim = (given.headDim as number | undefined) ?? dModel / heads;
  const turn = rotary ? new PositionalEncoding({ kind: "rotary", headDim, ...rotary }) : undefined;
  const layersOf = (count: number) => headLayersOf(kind, { heads: count, headDim, turn });
  const config = {
    ...more,
    ...(kind && { queries: layersOf(heads), keys: layersOf((given.keyValueHeads as number | undefined) ?? heads) }),
    position: kind === "turnedFirst" ? undefined : turn,
    values: valueNorm ? { norm: new RMSNorm({ dModel: headDim, weight: false }) } : undefined,
    context: contextNorm && { norm: new AcrossHeads({ layer: new LayerNorm({ dModel: heads * headDim }) }) },
    gate: gate ? new Linear({ inFeatures: dModel, outFeatures: heads * headDim }) : undefined,
    scoreBias: alibi ? new AlibiPositions({ heads }) : undefined,
  };
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
  return filled(new MultiHeadAttention({ dModel, heads, ...config })).forward(x(), pass);
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
