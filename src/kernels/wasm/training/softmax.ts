import * as reference from "../../reference/reduction";
import type { Axis } from "../../specs";
import type { Flavor } from "../module";
import { callLines } from "../row-calls";
import { trainingWorkspace } from "./workspace";

export function softmaxGradient(flavor: Flavor, y: Float32Array, axis: Axis, gradient: Float32Array): Float32Array {
  return callLines(trainingWorkspace(flavor), "softmaxGradient", [y, gradient], axis, ([output, g], rows) =>
    reference.softmaxGradient(output!, rows, g!),
  );
}

export function logSoftmaxGradient(flavor: Flavor, y: Float32Array, axis: Axis, gradient: Float32Array): Float32Array {
  return callLines(trainingWorkspace(flavor), "logSoftmaxGradient", [y, gradient], axis, ([output, g], rows) =>
    reference.logSoftmaxGradient(output!, rows, g!),
  );
}
