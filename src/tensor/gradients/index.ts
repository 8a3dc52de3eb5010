import type { Operations, Step } from "../record";
import type { Tensor } from "../tensor";
import { blockGradients } from "./blocks";
import { elementwiseGradients } from "./elementwise";
import { functionGradients } from "./functions";
import { layoutGradients } from "./layout";
import { matmulGradients } from "./matmul";
import type { Gradient, GradientTable } from "./table";

const gradients: GradientTable = {
  ...elementwiseGradients,
  ...functionGradients,
  ...layoutGradients,
  ...matmulGradients,
  ...blockGradients,
};

/** The gradients of a step's wanted inputs, and perhaps of others, given the gradient of its output. */
export function gradientOf<Name extends keyof Operations>(
  step: Step<Name>,
  gradient: Tensor,
  wanted: (input: Tensor) => boolean,
): (Tensor | undefined)[] {
  const rule: Gradient<Name> = gradients[step.name];
  return rule(gradient, step, wanted);
}
