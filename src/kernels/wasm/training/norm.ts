import * as reference from "../../reference/norm";
import type { NormSpec } from "../../specs";
import type { Flavor } from "../module";
import { room } from "../row-calls";
import { dispatch } from "../threads";
import type { Operand } from "../workspace";
import { trainingWorkspace } from "./workspace";

export function layerNormGradient(
  flavor: Flavor,
  x: Float32Array,
  weight: Operand,
  spec: NormSpec,
  gradient: Float32Array,
) {
  const found = normGradient(flavor, "layerNorm", x, weight, spec, gradient);
  if (found === undefined) return reference.layerNormGradient(x, weight, spec, gradient);
  const { size } = spec;
  return { x: found.x, weight: found.sums.subarray(0, size), bias: found.sums.subarray(size) };
}

export function rmsNormGradient(
  flavor: Flavor,
  x: Float32Array,
  weight: Operand,
  spec: NormSpec,
  gradient: Float32Array,
) {
  const found = normGradient(flavor, "rmsNorm", x, weight, spec, gradient);
  return found ? { x: found.x, weight: found.sums } : reference.rmsNormGradient(x, weight, spec, gradient);
}

/**
 * ∂x, and the gradients of weight and (layerNorm only) bias, summed over rows: [parts · size]; undefined if float32 is not
 * precise enough.
 */
function normGradient(
  flavor: Flavor,
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
  return trainingWorkspace(flavor).useWith(
    [x, weight, gradient],
    room(x.length + (blocks + 1) * width),
    (region, operands) => {
      const output = region.take(x.byteLength);
      const sums = region.take(4 * blocks * width);
      const total = region.take(4 * width);
      const extreme = region.putIntegers([0]);
      const args = [...operands, output, sums, size, epsilon, extreme];
      dispatch(region, `${name}Gradient` as const, args, { count: rows, work: 8 * size, multiple: 64 });
      if (region.integers[extreme >> 2] !== 0) return undefined;
      region.assembly.addBlocks!(sums, total, blocks, width);
      if (!region.view(total, width).every(Number.isFinite)) return undefined;
      return { x: region.get(output, x.length), sums: region.get(total, width) };
    },
  );
}
