import type { AdamWSpec, Axis, Buffer, LossSpec, NormSpec, RotarySpec, Unary } from "../kernels";
import { permute } from "../reference/layout";
import { dispatch } from "./threads";
import type { Operand, Workspace } from "./workspace";

/** The order of the kernel's numbers for them. */
const unaries: readonly Unary[] = [
  ...(["relu", "gelu", "geluTanh", "silu", "sigmoid"] as const),
  ...(["tanh", "erf", "exp", "log", "sqrt"] as const),
];

/** The bytes of so many numbers in a few buffers, each of which may be rounded up. */
const room = (numbers: number): number => 4 * numbers + 80;

/** Kernels that work on rows or elements one by one: operands are copied in, and the result out. */
export class Rows {
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  unary(name: Unary, x: Buffer, factor?: Buffer): Buffer {
    return this.#elements("unary", unaries.indexOf(name), [x, factor]);
  }

  unaryGradient(name: Unary, x: Buffer, gradient: Buffer, factor?: Buffer): Buffer {
    return this.#elements("unaryGradient", unaries.indexOf(name), [x, gradient, factor]);
  }

  softmax(x: Buffer, axis: Axis): Buffer {
    return this.#lines("softmax", [x], axis);
  }

  logSoftmax(x: Buffer, axis: Axis): Buffer {
    return this.#lines("logSoftmax", [x], axis);
  }

  softmaxGradient(y: Buffer, axis: Axis, gradient: Buffer): Buffer {
    return this.#lines("softmaxGradient", [y, gradient], axis);
  }

  logSoftmaxGradient(y: Buffer, axis: Axis, gradient: Buffer): Buffer {
    return this.#lines("logSoftmaxGradient", [y, gradient], axis);
  }

  layerNorm(x: Buffer, weight: Operand, bias: Operand, { size, epsilon }: NormSpec): Buffer {
    return this.#rows("layerNorm", [x, weight, bias], size, [size, epsilon]);
  }

  rmsNorm(x: Buffer, weight: Operand, { size, epsilon }: NormSpec): Buffer {
    return this.#rows("rmsNorm", [x, weight], size, [size, epsilon]);
  }

  /** ∂x, and the sums over rows that are the gradients of weight and, of layer normalization, bias: [parts · size]. */
  normGradient(name: "layerNorm" | "rmsNorm", x: Buffer, weight: Operand, spec: NormSpec, gradient: Buffer) {
    const { rows, size, epsilon } = spec;
    const width = name === "layerNorm" ? 2 * size : size;
    // Rows are summed by blocks of 64, so that the sums are the same whoever adds them.
    const blocks = Math.ceil(rows / 64);
    return this.#workspace.useWith([x, weight, gradient], room(x.length + (blocks + 1) * width), (region, operands) => {
      const output = region.take(x.byteLength);
      const sums = region.take(4 * blocks * width);
      const total = region.take(4 * width);
      const args = [...operands, output, sums, size, epsilon];
      dispatch(region, `${name}Gradient`, args, { count: rows, work: 8 * size, multiple: 64 });
      region.assembly.addBlocks!(sums, total, blocks, width);
      return { x: region.get(output, x.length), sums: region.get(total, width) };
    });
  }

  rotary(x: Buffer, cosines: Buffer, sines: Buffer, spec: RotarySpec, inverse: boolean): Buffer {
    const { rows, heads, headDim, dimensions, interleaved } = spec;
    return this.#workspace.useWith([x, cosines, sines], room(0), (region, operands) => {
      const args = [...operands, heads, headDim, dimensions / 2, Number(interleaved), Number(inverse)];
      dispatch(region, "rotary", args, { count: rows * heads, work: 4 * headDim, multiple: 1 });
      return region.get(operands[0]!, x.length);
    });
  }

  crossEntropy(logits: Buffer, spec: LossSpec): Buffer {
    return this.#loss("crossEntropy", [logits, undefined, spec.weight], spec, spec.rows);
  }

  crossEntropyGradient(logits: Buffer, spec: LossSpec, gradient: Buffer): Buffer {
    return this.#loss("crossEntropyGradient", [logits, undefined, spec.weight, gradient], spec, logits.length);
  }

  adamW(parameter: Buffer, gradient: Buffer, first: Buffer, second: Buffer, spec: AdamWSpec): void {
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

  #elements(name: string, first: number, operands: readonly Operand[]): Buffer {
    const count = operands[0]!.length;
    return this.#workspace.useWith(operands, room(count), (region, addresses) => {
      const output = region.take(4 * count);
      dispatch(region, name, [first, ...addresses, output], { count, work: 16, multiple: 4 });
      return region.get(output, count);
    });
  }

  /** Along another axis than the last, the numbers of a line lie apart: they are brought together, and back. */
  #lines(name: string, operands: readonly Buffer[], { outer, size, inner }: Axis): Buffer {
    if (inner === 1) return this.#rows(name, operands, size, [size]);
    const together = operands.map((x) => permute(x, [outer, size, inner], [0, 2, 1]));
    return permute(this.#rows(name, together, size, [size]), [outer, inner, size], [0, 2, 1]);
  }

  #rows(name: string, operands: readonly Operand[], size: number, settings: readonly number[]): Buffer {
    const { length } = operands[0]!;
    return this.#workspace.useWith(operands, room(length), (region, addresses) => {
      const output = region.take(4 * length);
      const count = size === 0 ? 0 : length / size;
      dispatch(region, name, [...addresses, output, ...settings], { count, work: 8 * size, multiple: 1 });
      return region.get(output, length);
    });
  }

  #loss(name: string, operands: readonly Operand[], spec: LossSpec, length: number): Buffer {
    const { rows, classes, targets, ignoreIndex } = spec;
    return this.#workspace.useWith(operands, room(length + rows), (region, addresses) => {
      const targetsAt = region.putIntegers(targets);
      const output = region.take(4 * length);
      const [logits, , weight, ...gradient] = addresses;
      const args = [logits!, targetsAt, weight!, ...gradient, output, classes, ignoreIndex];
      dispatch(region, name, args, { count: rows, work: 8 * classes, multiple: 1 });
      return region.get(output, length);
    });
  }
}
