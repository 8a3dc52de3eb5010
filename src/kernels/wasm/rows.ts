import type { AdamWSpec, Axis, LossSpec, NormSpec, RotarySpec } from "../kernels";
import { referenceKernels } from "../reference";
import { readView } from "../reference/view";
import type { Region } from "./region";
import { dispatch } from "./threads";
import type { Operand, Workspace } from "./workspace";

/** The bytes of `numbers` in a few buffers, each of which may be rounded up. */
const room = (numbers: number): number => 4 * numbers + 96;

/** Kernels that work on rows or elements one by one: operands are copied in, and the result out. */
export class Rows {
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  softmax(x: Float32Array, axis: Axis): Float32Array {
    return this.#lines("softmax", [x], axis);
  }

  logSoftmax(x: Float32Array, axis: Axis): Float32Array {
    return this.#lines("logSoftmax", [x], axis);
  }

  softmaxGradient(y: Float32Array, axis: Axis, gradient: Float32Array): Float32Array {
    return this.#lines("softmaxGradient", [y, gradient], axis, ([y, g], rows) =>
      referenceKernels.softmaxGradient(y!, rows, g!),
    );
  }

  logSoftmaxGradient(y: Float32Array, axis: Axis, gradient: Float32Array): Float32Array {
    return this.#lines("logSoftmaxGradient", [y, gradient], axis, ([y, g], rows) =>
      referenceKernels.logSoftmaxGradient(y!, rows, g!),
    );
  }

  layerNorm(x: Float32Array, weight: Operand, bias: Operand, spec: NormSpec): Float32Array {
    const exact = () => referenceKernels.layerNorm(x, weight, bias, spec);
    return this.#rows("layerNorm", [x, weight, bias], spec.size, [spec.size, spec.epsilon], exact);
  }

  rmsNorm(x: Float32Array, weight: Operand, spec: NormSpec): Float32Array {
    const exact = () => referenceKernels.rmsNorm(x, weight, spec);
    return this.#rows("rmsNorm", [x, weight], spec.size, [spec.size, spec.epsilon], exact);
  }

  layerNormGradient(x: Float32Array, weight: Operand, spec: NormSpec, gradient: Float32Array) {
    const found = this.#normGradient("layerNorm", x, weight, spec, gradient);
    if (found === undefined) return referenceKernels.layerNormGradient(x, weight, spec, gradient);
    const { size } = spec;
    return { x: found.x, weight: found.sums.subarray(0, size), bias: found.sums.subarray(size) };
  }

  rmsNormGradient(x: Float32Array, weight: Operand, spec: NormSpec, gradient: Float32Array) {
    const found = this.#normGradient("rmsNorm", x, weight, spec, gradient);
    return found ? { x: found.x, weight: found.sums } : referenceKernels.rmsNormGradient(x, weight, spec, gradient);
  }

  /**
   * ∂x, and the gradients of weight and (layerNorm only) bias, summed over rows: [parts · size]; undefined if float32
   * is not precise enough.
   */
  #normGradient(
    name: "layerNorm" | "rmsNorm",
    x: Float32Array,
    weight: Operand,
    spec: NormSpec,
    gradient: Float32Array,
  ) {
    const { rows, size, epsilon } = spec;
    const width = name === "layerNorm" ? 2 * size : size;
    // Rows are summed in blocks of 64, so that the sums do not depend on the number of threads.
    const blocks = Math.ceil(rows / 64);
    return this.#workspace.useWith([x, weight, gradient], room(x.length + (blocks + 1) * width), (region, operands) => {
      const output = region.take(x.byteLength);
      const sums = region.take(4 * blocks * width);
      const total = region.take(4 * width);
      const extreme = region.putIntegers([0]);
      const args = [...operands, output, sums, size, epsilon, extreme];
      dispatch(region, `${name}Gradient`, args, { count: rows, work: 8 * size, multiple: 64 });
      if (region.integers[extreme >> 2] !== 0) return undefined;
      region.assembly.addBlocks!(sums, total, blocks, width);
      if (!region.view(total, width).every(Number.isFinite)) return undefined;
      return { x: region.get(output, x.length), sums: region.get(total, width) };
    });
  }

  rotary(
    x: Float32Array,
    cosines: Float32Array,
    sines: Float32Array,
    spec: RotarySpec,
    inverse: boolean,
  ): Float32Array {
    const { rows, heads, headDim, dimensions, interleaved } = spec;
    return this.#workspace.useWith([x, cosines, sines], room(0), (region, operands) => {
      const args = [...operands, heads, headDim, dimensions / 2, Number(interleaved), Number(inverse)];
      dispatch(region, "rotary", args, { count: rows * heads, work: 4 * headDim, multiple: 1 });
      return region.get(operands[0]!, x.length);
    });
  }

  crossEntropy(logits: Float32Array, spec: LossSpec<Float32Array>): Float32Array {
    return this.#loss("crossEntropy", [logits, undefined, spec.weight], spec, spec.rows);
  }

  crossEntropyGradient(logits: Float32Array, spec: LossSpec<Float32Array>, gradient: Float32Array): Float32Array {
    const exact = () => referenceKernels.crossEntropyGradient(logits, spec, gradient);
    return this.#loss("crossEntropyGradient", [logits, undefined, spec.weight, gradient], spec, logits.length, exact);
  }

  adamW(
    parameter: Float32Array,
    gradient: Float32Array,
    first: Float32Array,
    second: Float32Array,
    spec: AdamWSpec,
  ): void {
    const { learningRate, betas, epsilon, weightDecay, step } = spec;
    const rate = learningRate / (1 - betas[0] ** step);
    const inverseRoot = 1 / Math.sqrt(1 - betas[1] ** step);
    const args = [rate, ...betas, inverseRoot, epsilon, learningRate * weightDecay];
    this.#workspace.useWith([parameter, gradient, first, second], room(0), (region, operands) => {
      dispatch(region, "adamW", [...operands, ...args], { count: parameter.length, work: 16, multiple: 4 });
      const changed = [parameter, undefined, first, second];
      for (const [i, target] of changed.entries()) target?.set(region.view(operands[i]!, target.length));
    });
  }

  /** Along other axes than the last, the numbers of a line are not contiguous: they are moved together and back. */
  #lines(
    name: string,
    operands: readonly Float32Array[],
    { outer, size, inner }: Axis,
    exact?: (operands: readonly Float32Array[], rows: Axis) => Float32Array,
  ): Float32Array {
    const rows = { outer: outer * inner, size, inner: 1 };
    const lines = (lying: readonly Float32Array[]) =>
      this.#rows(name, lying, size, [size], exact && (() => exact(lying, rows)));
    if (inner === 1) return lines(operands);
    const together = operands.map((x) => exchanged(x, outer, size, inner));
    return exchanged(lines(together), outer, inner, size);
  }

  #rows(
    name: string,
    operands: readonly Operand[],
    size: number,
    settings: readonly number[],
    exact?: Exact,
  ): Float32Array {
    const { length } = operands[0]!;
    return this.#workspace.useWith(operands, room(length), (region, addresses) => {
      const output = region.take(4 * length);
      const count = size === 0 ? 0 : length / size;
      const args = [...addresses, output, ...settings];
      return unlessExtreme(region, exact, args, (all) => {
        dispatch(region, name, all, { count, work: 8 * size, multiple: 1 });
        return region.get(output, length);
      });
    });
  }

  #loss(
    name: string,
    operands: readonly Operand[],
    spec: LossSpec<Float32Array>,
    length: number,
    exact?: Exact,
  ): Float32Array {
    const { rows, classes, targets, ignoreIndex } = spec;
    return this.#workspace.useWith(operands, room(length + rows), (region, addresses) => {
      const targetsAt = region.putIntegers(targets);
      const output = region.take(4 * length);
      const [logits, , weight, ...gradient] = addresses;
      const args = [logits!, targetsAt, weight!, ...gradient, output, classes, ignoreIndex];
      return unlessExtreme(region, exact, args, (all) => {
        dispatch(region, name, all, { count: rows, work: 8 * classes, multiple: 1 });
        return region.get(output, length);
      });
    });
  }
}

/** Computes the same with the reference. */
type Exact = () => Float32Array;

/** The kernel's result, or the reference's if the kernel found a row for which float32 is not precise enough. */
function unlessExtreme(
  region: Region,
  exact: Exact | undefined,
  args: readonly number[],
  compute: (args: readonly number[]) => Float32Array,
): Float32Array {
  if (exact === undefined) return compute(args);
  const extreme = region.putIntegers([0]);
  const result = compute([...args, extreme]);
  return region.integers[extreme >> 2] === 0 ? result : exact();
}

/** [outer, rows, columns] → [outer, columns, rows] */
const exchanged = (x: Float32Array, outer: number, rows: number, columns: number): Float32Array =>
  referenceKernels.run(readView, x, { shape: [outer, columns, rows], start: 0, steps: [rows * columns, 1, columns] });
