import type { Buffer } from "../kernels";
import { holdKernels } from "../kernels/internal";
import type { Shape } from "./shape-types";
import type { Operations, Step } from "./steps";
import { recordRows, Tensor } from "./tensor";

/** What the steps are told to while they run. */
interface Recorder {
  /** The recorder that also hears of them: the gradients computed here are differentiated there. */
  readonly outer: Recorder | undefined;
  reaches(tensor: Tensor): boolean;
  add(step: Step): void;
}

/** The steps from the tensors of interest to a result, in the order they ran. */
export class Tape implements Recorder {
  readonly steps: Step[] = [];
  outer: Recorder | undefined;
  readonly #reached: Set<Tensor>;
  readonly #watched = new Set<Tensor>();

  constructor(over: readonly Tensor[]) {
    this.#reached = new Set(over);
  }

  /** Makes a tensor that was computed meanwhile one of interest, whose gradient is kept. */
  watch(tensor: Tensor): void {
    this.#reached.add(tensor);
    this.#watched.add(tensor);
  }

  /** Whether the gradient of a step's output is asked for. */
  watches(tensor: Tensor): boolean {
    return this.#watched.has(tensor);
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

/** Keeps no steps, but the tensors from outside that they start from. */
class Probe implements Recorder {
  readonly outer = undefined;
  readonly inputs = new Set<Tensor>();
  /** Weak, so that memory is free as soon as f is done with it. */
  readonly #inside = new WeakSet<Tensor>();
  readonly #around: Recorder;

  constructor(around: Recorder) {
    this.#around = around;
  }

  /** Whether it was computed here, from tensors that gradients are recorded of. */
  made(tensor: Tensor): boolean {
    return this.#inside.has(tensor);
  }

  reaches(tensor: Tensor): boolean {
    return this.#inside.has(tensor) || isReached(this.#around, tensor);
  }

  add({ inputs, output }: Step): void {
    for (const input of inputs) {
      if (input === undefined || !this.reaches(input)) continue;
      if (!this.#inside.has(input)) this.inputs.add(input);
      this.#inside.add(output);
    }
  }
}

let innermost: Recorder | undefined;

/** Whether gradients are being recorded. */
export const isRecording = (): boolean => innermost !== undefined;

/** Whether gradients are being recorded that depend on one of the tensors. */
export const isRecorded = (tensors: readonly (Tensor | undefined)[]): boolean =>
  innermost !== undefined && tensors.some((tensor) => tensor !== undefined && isReached(innermost, tensor));

function isReached(recorder: Recorder | undefined, tensor: Tensor): boolean {
  for (let each = recorder; each !== undefined; each = each.outer) if (each.reaches(tensor)) return true;
  return false;
}

/** Records onto the tape while f runs, and onto the tapes that record around it. */
export function recordOnto<Result>(tape: Tape, f: () => Result): Result {
  tape.outer = innermost;
  return holdKernels(() => recordedBy(tape, f));
}

/** Runs f and keeps none of its steps. */
export const unrecorded = <Result>(f: () => Result): Result => recordedBy(undefined, f);

/**
 * Runs f and keeps none of its steps. It is recorded as one step, which runs `again` for its gradient.
 */
export function asOneStep(f: () => Tensor, again: () => Tensor): Tensor {
  if (innermost === undefined) return f();
  const probe = new Probe(innermost);
  const output = recordedBy(probe, f);
  // Otherwise f returned a tensor from outside, which keeps the gradient that it has.
  if (probe.made(output)) record({ name: "checkpoint", inputs: [...probe.inputs], spec: { again }, output });
  return output;
}

function recordedBy<Result>(recorder: Recorder | undefined, f: () => Result): Result {
  const before = innermost;
  innermost = recorder;
  recordRows(recorder && addRow);
  try {
    return f();
  } finally {
    innermost = before;
    recordRows(before && addRow);
  }
}

function addRow(x: Tensor, index: number, row: Tensor): void {
  const spec = { shape: [row.size], start: index * row.size, steps: [1] };
  record({ name: "readView", inputs: [x], spec, output: row });
}

function record(step: Step): void {
  for (let recorder = innermost; recorder !== undefined; recorder = recorder.outer) recorder.add(step);
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
