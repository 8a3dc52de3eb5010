import type { Activation } from "../blocks";
import {
  add,
  clamp,
  divide,
  erf,
  gelu,
  geluSigmoid,
  hardSwish,
  leakyRelu,
  mish,
  multiply,
  reluSquared,
  sigmoid,
  subtract,
  type Tensor,
  tanh,
} from "../tensor";

const clippedGelu = (x: Tensor): Tensor => clamp(gelu(x), { minimum: -10, maximum: 10 });
const relu6 = (x: Tensor): Tensor => clamp(x, { minimum: 0, maximum: 6 });
const leaky = (x: Tensor): Tensor => leakyRelu(x);
const identity = (x: Tensor): Tensor => x;

/** The normal distribution's Φ with the mean √½ and the deviation √(1 / 4π), as in MEGA. */
const laplace = (x: Tensor): Tensor =>
  multiply(add(erf(divide(subtract(x, Math.SQRT1_2), 0.282095 * Math.SQRT2)), 1), 0.5);

/** Their names of activations, mapped to ours. */
export const activations = {
  relu: "relu",
  gelu: "gelu",
  gelu_python: "gelu",
  gelu_new: "geluTanh",
  gelu_fast: "geluTanh",
  gelu_accurate: "geluTanh",
  gelu_pytorch_tanh: "geluTanh",
  gelu_python_tanh: "geluTanh",
  silu: "silu",
  swish: "silu",
  gelu_10: clippedGelu,
  hardswish: hardSwish,
  laplace,
  leaky_relu: leaky,
  linear: identity,
  mish,
  quick_gelu: geluSigmoid,
  relu2: reluSquared,
  relu6,
  sigmoid,
  tanh,
} as const satisfies Record<string, Activation>;

/** Their name of an activation. @throws RangeError for a function that has no name in a config */
export function activationName(activation: Activation | undefined): string {
  const name = Object.entries(activations).find(([, ours]) => ours === activation)?.[0];
  if (name === undefined) throw new RangeError("activation must be a name, not a function");
  return name;
}
