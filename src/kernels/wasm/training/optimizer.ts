import type { AdamWSpec } from "../../specs";
import type { Flavor } from "../module";
import { room } from "../row-calls";
import { dispatch } from "../threads";
import { trainingWorkspace } from "./workspace";

export function adamW(
  flavor: Flavor,
  parameter: Float32Array,
  gradient: Float32Array,
  first: Float32Array,
  second: Float32Array,
  spec: AdamWSpec,
): Float32Array {
  const { learningRate, betas, epsilon, weightDecay, step } = spec;
  const rate = learningRate / (1 - betas[0] ** step);
  const inverseRoot = 1 / Math.sqrt(1 - betas[1] ** step);
  const args = [rate, ...betas, inverseRoot, epsilon, learningRate * weightDecay];
  trainingWorkspace(flavor).useWith([parameter, gradient, first, second], room(0), (region, operands) => {
    dispatch(region, "adamW", [...operands, ...args], { count: parameter.length, work: 16, multiple: 4 });
    const changed = [parameter, undefined, first, second];
    for (const [i, target] of changed.entries()) target?.set(region.view(operands[i]!, target.length));
  });
  return parameter;
}
