import * as reference from "../../reference/loss";
import type { LossSpec } from "../../specs";
import type { Flavor } from "../module";
import { type Exact, room, unlessExtreme } from "../row-calls";
import { dispatch, type Operation } from "../threads";
import type { Operand } from "../workspace";
import { trainingWorkspace } from "./workspace";

export function crossEntropy(flavor: Flavor, logits: Float32Array, spec: LossSpec<Float32Array>): Float32Array {
  return loss(flavor, "crossEntropy", [logits, undefined, spec.weight], spec, spec.rows);
}

export function crossEntropyGradient(
  flavor: Flavor,
  logits: Float32Array,
  spec: LossSpec<Float32Array>,
  gradient: Float32Array,
): Float32Array {
  const exact = () => reference.crossEntropyGradient(logits, spec, gradient);
  return loss(flavor, "crossEntropyGradient", [logits, undefined, spec.weight, gradient], spec, logits.length, exact);
}

function loss(
  flavor: Flavor,
  name: Operation,
  operands: readonly Operand[],
  spec: LossSpec<Float32Array>,
  length: number,
  exact?: Exact,
): Float32Array {
  const { rows, classes, targets, ignoreIndex } = spec;
  return trainingWorkspace(flavor).useWith(operands, room(length + rows), (region, addresses) => {
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
