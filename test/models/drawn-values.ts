import type { Module } from "transformer-blocks";

/** The numbers that `value_of` in test/reference/drawn_models.py computes for a path. */
export function valuesAt(path: string, shape: readonly number[]): Float32Array {
  const start = [...path].reduce((sum, letter, i) => sum + (i + 1) * letter.charCodeAt(0), 0) % 97;
  const size = shape.reduce((product, length) => product * length, 1);
  const wave = Float64Array.from({ length: size }, (_, i) => Math.sin(start + 1.7 * i));
  if (shape.length > 1) return Float32Array.from(wave, (x) => 0.35 * x);
  return Float32Array.from(wave, (x) => (path.endsWith("weight") ? 1 + 0.2 * x : 0.1 * x));
}

/** Gives every parameter the numbers of its path. */
export function filled<M extends Module>(model: M): M {
  for (const [path, parameter] of model.parameters()) parameter.assign(valuesAt(path, parameter.shape));
  return model;
}
