import { add } from "../operations/elementwise";
import { isRecorded, isRecording, recordOnto, Tape } from "../record";
import type { Operations, Step } from "../steps";
import type { Tensor } from "../tensor";
import { gradients } from "./index";
import type { Rule } from "./table";

/** Goes through the steps backwards and empties them; a tensor's gradient is the sum over the steps that used it. */
export function accumulate(tape: Tape, value: Tensor, gradient: Tensor, steps: Step[]): Map<Tensor, Tensor> {
  const found = new Map<Tensor, Tensor>([[value, gradient]]);
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const gradient = found.get(step.output);
    if (gradient === undefined) continue;
    if (!tape.watches(step.output)) found.delete(step.output);
    const parts = gradientOf(step, gradient, (input) => tape.reaches(input));
    step.inputs.forEach((input, i) => {
      const part = parts[i];
      if (input === undefined || part === undefined || !tape.reaches(input)) return;
      const sum = found.get(input);
      found.set(input, sum === undefined ? part : add(sum, part));
    });
  }
  return found;
}

/** The gradients of a step's wanted inputs, and perhaps of others, given the gradient of its output. */
function gradientOf<Name extends keyof Operations>(
  step: Step<Name>,
  gradient: Tensor,
  wanted: (input: Tensor) => boolean,
): (Tensor | undefined)[] {
  const rule: Rule<Name> = gradients[step.name];
  if (typeof rule === "function") return rule(gradient, step, wanted);
  if (rule.kernel !== undefined && !(isRecording() && isRecorded([gradient, ...step.inputs])))
    return rule.kernel(gradient, step, wanted);
  if ("operations" in rule) return rule.operations(gradient, step, wanted);
  const { inputs } = step;
  const tape = new Tape(inputs.filter((input) => input !== undefined && wanted(input)) as Tensor[]);
  const value = recordOnto(tape, () => rule.unfused(step));
  rule.check?.(step, tape.steps);
  const found = accumulate(tape, value, gradient, tape.steps);
  // A tensor that stands in two places has one gradient.
  return inputs.map((input, i) => (input !== undefined && inputs.indexOf(input) === i ? found.get(input) : undefined));
}
