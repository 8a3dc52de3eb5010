import type { Axis } from "../kernels";

/** Calls `visit` with the index of the first element of every line along the axis; the next ones are `inner` apart. */
export function forEachLine({ outer, size, inner }: Axis, visit: (start: number, line: number) => void): void {
  for (let o = 0; o < outer; o++) for (let i = 0; i < inner; i++) visit(o * size * inner + i, o * inner + i);
}

export function sum(x: Float32Array, axis: Axis): Float32Array {
  const output = new Float32Array(axis.outer * axis.inner);
  forEachLine(axis, (start, line) => {
    let total = 0;
    for (let i = 0; i < axis.size; i++) total += x[start + i * axis.inner]!;
    output[line] = total;
  });
  return output;
}

/** The maximum of a line, and the logarithm of the sum of its exponentials above that maximum. */
export function logSumExp(x: Float32Array, start: number, { size, inner }: Axis): { maximum: number; logSum: number } {
  let maximum = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < size; i++) maximum = Math.max(maximum, x[start + i * inner]!);
  let total = 0;
  for (let i = 0; i < size; i++) total += Math.exp(x[start + i * inner]! - maximum);
  return { maximum, logSum: Math.log(total) };
}

/** log yᵢ = xᵢ − m − log Σⱼ e^(xⱼ − m), m = max x: the shift keeps every exponential at most 1. */
export function logSoftmax(x: Float32Array, axis: Axis): Float32Array {
  const output = new Float32Array(x.length);
  forEachLine(axis, (start) => {
    const { maximum, logSum } = logSumExp(x, start, axis);
    for (let i = 0; i < axis.size; i++) {
      const at = start + i * axis.inner;
      output[at] = x[at]! - maximum - logSum;
    }
  });
  return output;
}

/** yᵢ = e^(xᵢ) / Σⱼ e^(xⱼ) */
export function softmax(x: Float32Array, axis: Axis): Float32Array {
  const output = new Float32Array(x.length);
  forEachLine(axis, (start) => {
    const { maximum, logSum } = logSumExp(x, start, axis);
    for (let i = 0; i < axis.size; i++) {
      const at = start + i * axis.inner;
      output[at] = Math.exp(x[at]! - maximum - logSum);
    }
  });
  return output;
}

/**
 * ∂xᵢ = yᵢ Σⱼ yⱼ (gᵢ − gⱼ). This form gives exactly 0 if all gradients are equal. The shorter yᵢ (gᵢ − Σⱼ yⱼ gⱼ) does not,
 * because rounded y do not sum to exactly 1.
 */
export function softmaxGradient(y: Float32Array, axis: Axis, gradient: Float32Array): Float32Array {
  const output = new Float32Array(y.length);
  forEachLine(axis, (start) => {
    let dot = 0;
    let total = 0;
    for (let i = 0; i < axis.size; i++) {
      dot += gradient[start + i * axis.inner]! * y[start + i * axis.inner]!;
      total += y[start + i * axis.inner]!;
    }
    for (let i = 0; i < axis.size; i++) {
      const at = start + i * axis.inner;
      output[at] = y[at]! * (gradient[at]! * total - dot);
    }
  });
  return output;
}

/** ∂xᵢ = gᵢ − e^(yᵢ) Σⱼ gⱼ */
export function logSoftmaxGradient(y: Float32Array, axis: Axis, gradient: Float32Array): Float32Array {
  const output = new Float32Array(y.length);
  forEachLine(axis, (start) => {
    let total = 0;
    for (let i = 0; i < axis.size; i++) total += gradient[start + i * axis.inner]!;
    for (let i = 0; i < axis.size; i++) {
      const at = start + i * axis.inner;
      output[at] = gradient[at]! - Math.exp(y[at]!) * total;
    }
  });
  return output;
}
