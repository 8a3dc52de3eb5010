import { kernels, type QuantizedCells, type Unary } from "../kernels";
import {
  device,
  type RowChain,
  type RowProgram,
  type RowState,
  type RowStep,
  type RowValue,
  runRow,
} from "../kernels/internal";
import { add, applied } from "./operations/elementwise";
import { reshaped } from "./operations/layout";
import { type Factor, linears } from "./operations/matmul";
import { layerNorm, rmsNorm } from "./operations/normalization";
import { rotated, type Turning } from "./operations/rotary";
import { isRecording } from "./record";
import { quantizedOf } from "./storage";
import { Tensor } from "./tensor";

export type { RowValue } from "../kernels/internal";

/** One row. */
export type Row = readonly [batch: number, seq: number, size: number];

/** Whether steps of one row may be put together: nobody records them, and they are computed here. */
export const canStep = (): boolean => device === undefined && !isRecording();

/** Computes the results of one step by itself, from what the steps before it gave. */
type Alone = (values: readonly Tensor[], turning: Turning | undefined) => readonly Tensor[];

/**
 * Operations on one row that follow each other, which `run` computes in one call if the kernels can, and otherwise one by
 * one. Only results that are asked for become tensors.
 */
export class RowSteps {
  readonly #inputs: readonly number[];
  #angles = 0;
  readonly #steps: RowStep[] = [];
  readonly #alone: Alone[] = [];
  /** The number of elements of each value. */
  readonly #sizes: number[];
  /** Whether all sizes fit. If not, the operation that fails alone says so. */
  #fits = true;
  #chain: RowChain | undefined;
  #results: readonly RowValue[] = [];

  /** @param inputs the number of elements of each input; value i is input i */
  constructor(inputs: readonly number[]) {
    this.#inputs = inputs;
    this.#sizes = [...inputs];
  }

  norm(x: RowValue, kind: "layerNorm" | "rmsNorm", { weight, bias, epsilon }: StepNorm): RowValue {
    const size = this.#sizes[x]!;
    this.#expect((weight?.size ?? size) === size && (bias?.size ?? size) === size);
    const buffers = { weight: numbersOf(weight), bias: numbersOf(bias) };
    return this.#add({ kind, x, epsilon, ...buffers }, size, (values) =>
      kind === "layerNorm"
        ? [layerNorm(values[x]!, weight, bias, { epsilon })]
        : [rmsNorm(values[x]!, weight, { epsilon })],
    );
  }

  /** `linear` of x by each weight. */
  linears(x: RowValue, factors: readonly Factor[]): RowValue[] {
    const placed = factors.map(({ weight, bias }) => {
      const [rows = 0, columns] = weight.shape;
      this.#expect(weight.rank === 2 && columns === this.#sizes[x] && (bias?.size ?? rows) === rows);
      const numbers = quantizedOf(weight) ?? weight.buffer;
      return { weight: numbers as Float32Array | QuantizedCells, rows, bias: numbersOf(bias) };
    });
    const [first, ...others] = placed;
    const value = this.#add({ kind: "products", x, factors: placed }, first!.rows, (values) =>
      linears(values[x]!, factors),
    );
    for (const { rows } of others) this.#sizes.push(rows);
    return factors.map((_, i) => value + i);
  }

  /** f(x), times a factor if there is one. */
  unary(x: RowValue, name: Unary, factor?: RowValue): RowValue {
    const size = this.#sizes[x]!;
    this.#expect(factor === undefined || this.#sizes[factor] === size);
    return this.#add({ kind: "unary", name, x, factor }, size, (values) => [
      applied(name, values[x]!, factor === undefined ? undefined : values[factor]!),
    ]);
  }

  add(x: RowValue, other: RowValue): RowValue {
    const size = this.#sizes[x]!;
    this.#expect(this.#sizes[other] === size);
    return this.#add({ kind: "add", x, other }, size, (values) => [add(values[x]!, values[other]!)]);
  }

  /** Rotates the heads of x, which is not to be used again, by the angles that `run` is given. */
  rotary(x: RowValue, spec: Turning["spec"]): RowValue {
    const size = this.#sizes[x]!;
    this.#angles ||= spec.dimensions / 2;
    this.#expect(spec.heads * spec.headDim === size && 2 * this.#angles === spec.dimensions);
    return this.#add({ kind: "rotary", x, spec }, size, (values, turning) => [
      rotated(values[x]!, { cosines: turning!.across, sines: turning!.up, spec, inverse: false }),
    ]);
  }

  /** Says which results `run` gives, after the last step. */
  end(...results: readonly RowValue[]): this {
    this.#results = results;
    if (this.#fits && this.#steps.length > 0)
      this.#chain = {
        programs: [{ sizes: this.#inputs, angles: this.#angles, steps: this.#steps, results }],
        attention: [],
        turns: [0],
      };
    return this;
  }

  /** What the kernels run, if they may. */
  get program(): RowProgram | undefined {
    return this.#chain?.programs[0];
  }

  /**
   * The results, each [1, 1, size].
   *
   * @param turning the angles of rotations, if there are any
   */
  run(inputs: readonly Tensor[], turning?: Turning): readonly Tensor<Row>[] {
    const together = this.#together(inputs, turning);
    if (together) return together.map(rowOf);
    const values = [...inputs];
    for (const step of this.#alone) values.push(...step(values, turning));
    return this.#results.map((value) => reshaped(values[value]!, [1, 1, values[value]!.size]));
  }

  #together(inputs: readonly Tensor[], turning: Turning | undefined): readonly Float32Array[] | undefined {
    const chain = this.#chain;
    if (chain === undefined || inputs.some(({ size }, i) => size !== this.#inputs[i])) return undefined;
    const state = kernels().run(runRow, chain, 0, inputs.map(valuesOf), [turning]) as RowState;
    return state.at > 0 ? state.values : undefined;
  }

  #expect(fits: boolean): void {
    this.#fits &&= fits;
  }

  #add(step: RowStep, size: number, alone: Alone): RowValue {
    this.#steps.push(step);
    this.#alone.push(alone);
    return this.#sizes.push(size) - 1;
  }
}

export interface StepNorm {
  weight: Tensor | undefined;
  bias: Tensor | undefined;
  epsilon: number;
}

/** A row as a tensor. */
export const rowOf = (numbers: Float32Array): Tensor<Row> => new Tensor<Row>([1, 1, numbers.length], numbers);

/** The numbers of a row in JavaScript's memory. */
export const valuesOf = (x: Tensor): Float32Array => x.buffer as Float32Array;

const numbersOf = (x: Tensor | undefined): Float32Array | undefined => x?.buffer as Float32Array | undefined;
