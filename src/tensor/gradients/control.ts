import { describe } from "../../checks";
import { ShapeError } from "../../errors";
import { reshaped } from "../operations/layout";
import { isRecorded } from "../record";
import { sameShape, show } from "../shape";
import type { CustomGradient } from "../steps";
import { elsewhereOf } from "../storage";
import { Tensor } from "../tensor";
import type { GradientTable } from "./table";

/** The gradients of functions that users bring. */
export const controlGradients: Pick<GradientTable, "custom" | "checkpoint"> = {
  custom: (g, { spec, inputs, output }) => {
    let isRead = false;
    const seen = (x: Tensor) => noticing(x, () => (isRead = true));
    const given = spec.gradient(seen(g), { inputs: inputs.map(seen), output: seen(output) });
    const parts: unknown = inputs.length === 1 && !Array.isArray(given) ? [given] : given;
    const where = `${spec.name}: gradient`;
    if (!Array.isArray(parts) || parts.length !== inputs.length)
      throw new TypeError(
        `${where} must return ${inputs.length === 1 ? "a Tensor" : `an array of ${inputs.length} tensors`}, or undefined for an input without gradient, not ${Array.isArray(parts) ? `an array of ${parts.length}` : describe(given)}`,
      );
    return inputs.map((input, i) => {
      const part = checked(where, parts[i], input, i);
      // A gradient is linear in g, so that it depends on what g depends on.
      if (part && (isRead || (isRecorded([g]) && !isRecorded([part])))) throw fromData(where, i);
      return part;
    });
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

/**
 * What a gradient is given where gradients of it are recorded: the same tensor, which tells if its numbers are read. What is
 * made of them depends on it, and nobody would know.
 */
function noticing(x: Tensor, onRead: () => void): Tensor {
  if (!isRecorded([x]) || elsewhereOf(x) !== undefined) return x;
  const seen = reshaped(x, x.shape);
  const data = () => {
    onRead();
    return x.data;
  };
  Object.defineProperties(seen, {
    data: { get: data, enumerable: true, configurable: true },
    buffer: { get: () => x.buffer, configurable: true },
  });
  return seen;
}

function checked(where: CustomGradient["name"], part: unknown, input: Tensor, i: number): Tensor | undefined {
  if (part === undefined) return undefined;
  if (!(part instanceof Tensor))
    throw new TypeError(`${where} must return tensors, not ${describe(part)} for input ${i}`);
  if (!sameShape(part.shape, input.shape))
    throw new ShapeError(`${where} returned ${show(part.shape)} for input ${i}, which is ${input.describe()}`);
  return part;
}

const fromData = (where: CustomGradient["name"], i: number): Error =>
  new Error(
    `${where} for input ${i} cannot be differentiated again: compute it from the tensors that it gets, with operations and not from their data, or return undefined if it is 0; stopGradient(x).data counts as constant`,
  );
