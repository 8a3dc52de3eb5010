import { describe } from "../../checks";
import { ShapeError } from "../../errors";
import { isRecorded } from "../record";
import { sameShape, show } from "../shape";
import type { CustomGradient } from "../steps";
import { Tensor } from "../tensor";
import type { GradientTable } from "./table";

/** The gradients of functions that users bring. */
export const controlGradients: Pick<GradientTable, "custom" | "checkpoint"> = {
  custom: (g, { spec, inputs, output }) => {
    const given = spec.gradient(g, { inputs, output });
    const parts: unknown = inputs.length === 1 && !Array.isArray(given) ? [given] : given;
    const where = `${spec.name}: gradient`;
    if (!Array.isArray(parts) || parts.length !== inputs.length)
      throw new TypeError(
        `${where} must return ${inputs.length === 1 ? "a Tensor" : `an array of ${inputs.length} tensors`}, or undefined for an input without gradient, not ${Array.isArray(parts) ? `an array of ${parts.length}` : describe(given)}`,
      );
    return inputs.map((input, i) => checked(where, parts[i], input, i, g));
  },

  checkpoint: {
    unfused: ({ spec, output }) => {
      const again = spec.again();
      if (!sameShape(again.shape, output.shape))
        throw new ShapeError(
          `checkpoint: f returned ${show(output.shape)}, and ${show(again.shape)} when it was computed again; it must do the same each time`,
        );
      return again;
    },
    check: ({ inputs }, steps) => {
      const used = new Set(steps.flatMap((step): readonly (Tensor | undefined)[] => step.inputs));
      const unused = inputs.find((input) => !used.has(input));
      if (unused !== undefined)
        throw new Error(
          `checkpoint: f used ${unused.describe()}, but another tensor when it was computed again: a variable that it reads has changed; pass the tensor as an argument, checkpoint(f, x), or keep it in a const`,
        );
    },
  },
};

function checked(
  where: CustomGradient["name"],
  part: unknown,
  input: Tensor,
  i: number,
  g: Tensor,
): Tensor | undefined {
  if (part === undefined) return undefined;
  if (!(part instanceof Tensor))
    throw new TypeError(`${where} must return tensors, not ${describe(part)} for input ${i}`);
  if (!sameShape(part.shape, input.shape))
    throw new ShapeError(`${where} returned ${show(part.shape)} for input ${i}, which is ${input.describe()}`);
  // A gradient is linear in g, so that it depends on what g depends on.
  if (isRecorded([g]) && !isRecorded([part]))
    throw new Error(
      `${where} for input ${i} cannot be differentiated again: compute it from the tensors that it gets, with operations and not from their data, or return undefined if it is 0`,
    );
  return part;
}
