import type {
  AttentionSpec,
  Axis,
  Binary,
  Buffer,
  ConvolutionSpec,
  Kept,
  LossSpec,
  MatmulSpec,
  NormSpec,
  RotarySpec,
  Settings,
  Unary,
  View,
} from "../kernels";
import { holdKernels } from "../kernels/internal";
import type { DifferentiableMapping, DifferentiablePairing, DifferentiableReduction } from "./differentiable";
import type { Shape } from "./shape-types";
import { recordRows, Tensor } from "./tensor";

interface Operation<Inputs extends readonly (Tensor | undefined)[], Spec = undefined> {
  inputs: Inputs;
  spec: Spec;
}

/** Places along an axis. */
export interface Places {
  axis: Axis;
  places: Int32Array;
}

/**
 * Every operation that has its own gradient: its input tensors and what else its gradient needs. The gradient table
 * covers all these names, so an operation without a gradient does not compile.
 */
export interface Operations {
  unary: Operation<[x: Tensor, factor: Tensor | undefined], Unary>;
  binary: Operation<[a: Tensor, b: Tensor], Binary>;
  map: Operation<[x: Tensor], { f: DifferentiableMapping; settings: Settings }>;
  pair: Operation<[a: Tensor, b: Tensor], { f: DifferentiablePairing }>;
  reduce: Operation<[x: Tensor], { f: DifferentiableReduction; setting: number; axis: Axis }>;
  cumulativeSum: Operation<[x: Tensor], { axis: Axis; backward: boolean }>;
  clamp: Operation<[x: Tensor], { minimum: number; maximum: number }>;
  where: Operation<[a: Tensor, b: Tensor], { condition: Tensor }>;
  dropout: Operation<[x: Tensor], Kept>;
  sum: Operation<[x: Tensor], Axis>;
  reshape: Operation<[x: Tensor]>;
  readView: Operation<[x: Tensor], View>;
  addView: Operation<[y: Tensor], View>;
  take: Operation<[x: Tensor], Places>;
  put: Operation<[x: Tensor], Places>;
  concatenate: Operation<readonly Tensor[], { axis: number }>;
  triangle: Operation<[x: Tensor], { diagonal: number; side: "lower" | "upper" }>;
  matmul: Operation<[a: Tensor, b: Tensor], Pick<MatmulSpec, "transposeA" | "transposeB">>;
  linear: Operation<[x: Tensor, weight: Tensor, bias: Tensor | undefined], { rows: number }>;
  convolution: Operation<
    [a: Tensor, b: Tensor, bias: Tensor | undefined],
    { gives: "x" | "weight" | "y"; plan: ConvolutionSpec }
  >;
  softmax: Operation<[x: Tensor], Axis>;
  logSoftmax: Operation<[x: Tensor], Axis>;
  layerNorm: Operation<[x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined], NormSpec>;
  rmsNorm: Operation<[x: Tensor, weight: Tensor | undefined], NormSpec>;
  embedding: Operation<[weight: Tensor], { ids: Int32Array }>;
  rotary: Operation<[x: Tensor], { cosines: Buffer; sines: Buffer; spec: RotarySpec; inverse: boolean }>;
  attention: Operation<
    [q: Tensor, k: Tensor, v: Tensor, bias: Tensor | undefined],
    { spec: AttentionSpec; statistics: Buffer }
  >;
  crossEntropy: Operation<[logits: Tensor], LossSpec>;
}

/** One operation that has run. */
export interface Step<Name extends keyof Operations = keyof Operations> {
  name: Name;
  inputs: Operations[Name]["inputs"];
  spec: Operations[Name]["spec"];
  output: Tensor;
}

/** The steps from the tensors of interest to a result, in the order they ran. */
export class Tape {
  readonly steps: Step[] = [];
  /** The tape that also records what this one does: the gradients computed here are differentiated there. */
  outer: Tape | undefined;
  readonly #reached: Set<Tensor>;

  constructor(over: readonly Tensor[]) {
    this.#reached = new Set(over);
  }

  /** Whether a tensor is of interest or depends on one that is. */
  reaches(tensor: Tensor): boolean {
    return this.#reached.has(tensor);
  }

  /** Keeps a step if it depends on a tensor of interest. */
  add(step: Step): void {
    if (!step.inputs.some((input) => input !== undefined && this.reaches(input))) return;
    this.#reached.add(step.output);
    this.steps.push(step);
  }
}

let innermost: Tape | undefined;

/** Whether gradients are being recorded. */
export const isRecording = (): boolean => innermost !== undefined;

/** Whether gradients are being recorded that depend on one of the tensors. */
export function isRecorded(tensors: readonly (Tensor | undefined)[]): boolean {
  for (let tape = innermost; tape !== undefined; tape = tape.outer)
    for (const tensor of tensors) if (tensor !== undefined && tape.reaches(tensor)) return true;
  return false;
}

/** Records onto the tape while f runs, and onto the tapes that record around it. */
export function recordOnto<Result>(tape: Tape, f: () => Result): Result {
  tape.outer = innermost;
  innermost = tape;
  recordRows(addRow);
  try {
    return holdKernels(f);
  } finally {
    innermost = tape.outer;
    if (innermost === undefined) recordRows(undefined);
  }
}

function addRow(x: Tensor, index: number, row: Tensor): void {
  const spec = { shape: [row.size], start: index * row.size, steps: [1] };
  record({ name: "readView", inputs: [x], spec, output: row });
}

function record(step: Step): void {
  for (let tape = innermost; tape !== undefined; tape = tape.outer) tape.add(step);
}

/** The result of an operation. Operations make tensors only through this, so that each is recorded. */
export function result<Name extends keyof Operations, S extends Shape>(
  name: Name,
  inputs: Operations[Name]["inputs"],
  spec: Operations[Name]["spec"],
  shape: S,
  buffer: Buffer,
): Tensor<S> {
  const output = new Tensor(shape, buffer);
  if (innermost !== undefined) record({ name, inputs, spec, output });
  return output;
}
