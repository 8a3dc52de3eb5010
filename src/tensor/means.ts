import type { LossSpec } from "../kernels";
import type { Tape } from "./record";
import type { Places } from "./steps";
import type { Tensor } from "./tensor";

/** A sum divided by a number, as part of a value: scale · sum / count. */
export interface Mean {
  /** What the sum is divided by: the number of targets that a loss counts, or the sum of their weights. */
  count: number;
  scale: number;
  /** The quotient, sum / count, and its factor in the value. */
  of: Tensor;
  factor: number;
}

/** More operations than a loss has. The limit matters for x + x repeated, which doubles the count each time. */
const MOST = 200;

/**
 * The means that a value is the sum of, read from the operations that led to it: `crossEntropy` and `mean` are a sum
 * divided by a number, and so is a sum that the caller divides. Numbers may be added, and factors count as scale.
 * Undefined if the value also depends on the tensors in another way, such as through a sum that is not divided.
 */
export async function meansOf(tape: Tape, value: Tensor): Promise<Mean[] | undefined> {
  const makers = new Map(tape.steps.map((step) => [step.output, step]));
  let visits = 0;

  async function means(x: Tensor, scale: number): Promise<Mean[] | undefined> {
    const step = makers.get(x);
    const [a, b] = step?.inputs ?? [];
    if (step === undefined || a?.size !== 1 || ++visits > MOST) return undefined;
    // The sum of one number is that number, and so is another shape of it.
    if (step.name === "sum" || step.name === "reshape") return means(a, scale);
    if (step.name !== "binary" || b?.size !== 1) return undefined;
    const parts = { a: tape.reaches(a), b: tape.reaches(b) };
    if (step.spec === "divide") return parts.b ? undefined : quotient(x, a, await numberIn(b), scale);
    if (step.spec === "multiply") {
      if (parts.a && parts.b) return undefined;
      return parts.a ? means(a, scale * (await numberIn(b))) : means(b, scale * (await numberIn(a)));
    }
    const left = parts.a ? await means(a, scale) : [];
    const right = parts.b ? await means(b, step.spec === "subtract" ? -scale : scale) : [];
    return left && right && [...left, ...right];
  }

  async function quotient(of: Tensor, a: Tensor, divisor: number, scale: number): Promise<Mean[] | undefined> {
    const step = makers.get(a);
    if (step?.name !== "sum") return means(a, scale / divisor);
    const [summed] = step.inputs;
    const inner = summed?.size === 1 ? await means(summed, scale / divisor) : undefined;
    if (inner !== undefined || Number.isNaN(divisor)) return inner;
    return [{ count: Math.abs(divisor), scale: divisor < 0 ? -scale : scale, of, factor: scale }];
  }

  return means(value, 1);
}

const numberIn = async (x: Tensor): Promise<number> => (await x.read())[0]!;

/**
 * Whether a value contains losses of targets, but every target is ignored or belongs to a class of weight 0. A sum over
 * such targets is 0, not NaN, and looks like a perfect loss.
 */
export async function countsNothing(tape: Tape, value: Tensor): Promise<boolean> {
  const parts = new Set([value]);
  let found = false;
  for (const { name, inputs, spec, output } of tape.steps.toReversed()) {
    if (!parts.has(output)) continue;
    const targets = name === "crossEntropy" ? (spec as LossSpec) : name === "take" ? (spec as Places).of : undefined;
    if (targets !== undefined) {
      if (await hasTarget(targets)) return false;
      found = true;
    } else for (const input of inputs) if (input !== undefined) parts.add(input);
  }
  return found;
}

async function hasTarget({ targets, ignoreIndex, weight }: LossSpec): Promise<boolean> {
  const weights = weight instanceof Float32Array ? weight : await weight?.read();
  return targets.some((target) => target !== ignoreIndex && weights?.[target] !== 0);
}
