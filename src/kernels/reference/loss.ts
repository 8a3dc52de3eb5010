import type { Axis, Buffer, LossSpec } from "../kernels";
import { logSoftmax } from "./reduction";

const axisOf = ({ rows, classes }: LossSpec): Axis => ({ outer: rows, size: classes, inner: 1 });

export function crossEntropy(logits: Buffer, spec: LossSpec): Buffer {
  const logProbabilities = logSoftmax(logits, axisOf(spec));
  const output = new Float32Array(spec.rows);
  spec.targets.forEach((target, row) => {
    if (target === spec.ignoreIndex) return;
    output[row] = -(spec.weight?.[target] ?? 1) * logProbabilities[row * spec.classes + target]!;
  });
  return output;
}

/** ∂logits = g · weight · (softmax(logits) − 1[target]) */
export function crossEntropyGradient(logits: Buffer, spec: LossSpec, gradient: Buffer): Buffer {
  const logProbabilities = logSoftmax(logits, axisOf(spec));
  const output = new Float32Array(logits.length);
  spec.targets.forEach((target, row) => {
    if (target === spec.ignoreIndex) return;
    const factor = gradient[row]! * (spec.weight?.[target] ?? 1);
    for (let i = 0; i < spec.classes; i++) {
      const at = row * spec.classes + i;
      output[at] = factor * (Math.exp(logProbabilities[at]!) - (i === target ? 1 : 0));
    }
  });
  return output;
}
