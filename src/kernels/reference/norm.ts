import type { NormSpec } from "../kernels";

/** The mean of row r and 1 / √(variance + ε). */
function moments(x: Float32Array, r: number, { size, epsilon }: NormSpec): { mean: number; scale: number } {
  let mean = 0;
  for (let i = 0; i < size; i++) mean += x[r * size + i]! / size;
  let variance = 0;
  for (let i = 0; i < size; i++) variance += (x[r * size + i]! - mean) ** 2 / size;
  return { mean, scale: 1 / Math.sqrt(variance + epsilon) };
}

/** 1 / √(mean of squares + ε) of row r. */
function inverseRootMeanSquare(x: Float32Array, r: number, { size, epsilon }: NormSpec): number {
  let squares = 0;
  for (let i = 0; i < size; i++) squares += x[r * size + i]! ** 2 / size;
  return 1 / Math.sqrt(squares + epsilon);
}

/** y = (x − mean) / √(variance + ε) · weight + bias */
export function layerNorm(
  x: Float32Array,
  weight: Float32Array | undefined,
  bias: Float32Array | undefined,
  spec: NormSpec,
): Float32Array {
  const output = new Float32Array(x.length);
  for (let r = 0; r < spec.rows; r++) {
    const { mean, scale } = moments(x, r, spec);
    for (let i = 0; i < spec.size; i++) {
      const at = r * spec.size + i;
      output[at] = (x[at]! - mean) * scale * (weight?.[i] ?? 1) + (bias?.[i] ?? 0);
    }
  }
  return output;
}

/** With x̂ = (x − mean) · scale and h = g · weight: ∂x = scale (h − mean(h) − x̂ · mean(h x̂)). */
export function layerNormGradient(
  x: Float32Array,
  weight: Float32Array | undefined,
  spec: NormSpec,
  gradient: Float32Array,
) {
  const { rows, size } = spec;
  const output = new Float32Array(x.length);
  const weightGradient = new Float64Array(size);
  const biasGradient = new Float64Array(size);
  for (let r = 0; r < rows; r++) {
    const { mean, scale } = moments(x, r, spec);
    let meanH = 0;
    let meanHX = 0;
    for (let i = 0; i < size; i++) {
      const g = gradient[r * size + i]!;
      const normalized = (x[r * size + i]! - mean) * scale;
      const h = g * (weight?.[i] ?? 1);
      meanH += h / size;
      meanHX += (h * normalized) / size;
      weightGradient[i]! += g * normalized;
      biasGradient[i]! += g;
    }
    for (let i = 0; i < size; i++) {
      const at = r * size + i;
      const normalized = (x[at]! - mean) * scale;
      output[at] = scale * (gradient[at]! * (weight?.[i] ?? 1) - meanH - normalized * meanHX);
    }
  }
  return { x: output, weight: Float32Array.from(weightGradient), bias: Float32Array.from(biasGradient) };
}

/** y = x / √(mean(x²) + ε) · weight */
export function rmsNorm(x: Float32Array, weight: Float32Array | undefined, spec: NormSpec): Float32Array {
  const output = new Float32Array(x.length);
  for (let r = 0; r < spec.rows; r++) {
    const scale = inverseRootMeanSquare(x, r, spec);
    for (let i = 0; i < spec.size; i++) {
      const at = r * spec.size + i;
      output[at] = x[at]! * scale * (weight?.[i] ?? 1);
    }
  }
  return output;
}

/** With x̂ = x · scale and h = g · weight: ∂x = scale (h − x̂ · mean(h x̂)). */
export function rmsNormGradient(
  x: Float32Array,
  weight: Float32Array | undefined,
  spec: NormSpec,
  gradient: Float32Array,
) {
  const { rows, size } = spec;
  const output = new Float32Array(x.length);
  const weightGradient = new Float64Array(size);
  for (let r = 0; r < rows; r++) {
    const scale = inverseRootMeanSquare(x, r, spec);
    let meanHX = 0;
    for (let i = 0; i < size; i++) {
      const at = r * size + i;
      meanHX += (gradient[at]! * (weight?.[i] ?? 1) * x[at]! * scale) / size;
      weightGradient[i]! += gradient[at]! * x[at]! * scale;
    }
    for (let i = 0; i < size; i++) {
      const at = r * size + i;
      output[at] = scale * (gradient[at]! * (weight?.[i] ?? 1) - x[at]! * scale * meanHX);
    }
  }
  return { x: output, weight: Float32Array.from(weightGradient) };
}
