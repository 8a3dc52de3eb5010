import type { Axis, NormSpec, RotarySpec } from "../kernels";
import { referenceKernels } from "../reference";
import { callLines, callRows, room } from "./row-calls";
import { dispatch } from "./threads";
import type { Operand, Workspace } from "./workspace";

/** Kernels that work on rows one by one: operands are copied in, and the result out. */
export class Rows {
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  softmax(x: Float32Array, axis: Axis): Float32Array {
    return callLines(this.#workspace, "softmax", [x], axis);
  }

  logSoftmax(x: Float32Array, axis: Axis): Float32Array {
    return callLines(this.#workspace, "logSoftmax", [x], axis);
  }

  layerNorm(x: Float32Array, weight: Operand, bias: Operand, { size, epsilon, ...rest }: NormSpec): Float32Array {
    const exact = () => referenceKernels.layerNorm(x, weight, bias, { size, epsilon, ...rest });
    return callRows(this.#workspace, "layerNorm", [x, weight, bias], size, [size, epsilon], exact);
  }

  rmsNorm(x: Float32Array, weight: Operand, { size, epsilon, ...rest }: NormSpec): Float32Array {
    const exact = () => referenceKernels.rmsNorm(x, weight, { size, epsilon, ...rest });
    return callRows(this.#workspace, "rmsNorm", [x, weight], size, [size, epsilon], exact);
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
}
