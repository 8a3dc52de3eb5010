import type { LossSpec } from "../kernels";
import { logSumExp } from "./reduction";

export function crossEntropy(logits: Float32Array, spec: LossSpec<Float32Array>): Float32Array {
  const output = new Float32Array(spec.rows);
  forEachTarget(logits, spec, (row, target, weight, logProbability) => {
    output[row] = -weight * logProbability(target);
  });
  return output;
}

/** ∂logits = g · weight · (softmax(logits) − 1[target]) */
export function crossEntropyGradient(
  logits: Float32Array,
  spec: LossSpec<Float32Array>,
  gradient: Float32Array,
): Float32Array {
  const output = new Float32Array(logits.length);
  forEachTarget(logits, spec, (row, target, weight, logProbability) => {
    const factor = gradient[row]! * weight;
    for (let i = 0; i < spec.classes; i++)
      // expm1 keeps the precision of a probability near 1.
      output[row * spec.classes + i] =
        factor * (i === target ? Math.expm1(logProbability(i)) : Math.exp(logProbability(i)));
  });
  return output;
}

type Visit = (row: number, target: number, weight: number, logProbability: (i: number) => number) => void;

function forEachTarget(
  logits: Float32Array,
  { rows, classes, targets, ignoreIndex, weight }: LossSpec<Float32Array>,
  visit: Visit,
): void {
  const axis = { outer: rows, size: classes, inner: 1 };
  targets.forEach((target, row) => {
    if (target === ignoreIndex) return;
    const start = row * classes;
    const { maximum, logSum } = logSumExp(logits, start, axis);
    visit(row, target, weight?.[target] ?? 1, (i) => logits[start + i]! - maximum - logSum);
  });
}
