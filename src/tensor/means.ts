import type { Step, Tape } from "./record";
import type { Tensor } from "./tensor";

/** A sum divided by a number, as part of a value: scale · sum / count. */
export interface Mean {
  /** What the sum is divided by: how many targets a loss counts, or their weights' sum. */
  count: number;
  scale: number;
}

/** More terms than any loss has; a sum of itself, again and again, doubles them each time. */
const MOST = 100;

/**
 * The means that a value is the sum of, read from the operations that led to it: `crossEntropy` and `mean` are a sum
 * divided by a number, and so is a sum that the caller divides. Numbers may be added, and factors count as scale.
 * Undefined where anything else depends on what is differentiated by, such as a sum that nothing divides.
 */
export function meansOf(tape: Tape, value: Tensor): Mean[] | undefined {
  const makers = new Map(tape.steps.map((step) => [step.output, step]));
  const means: Mean[] = [];
  const left: { x: Tensor; scale: number }[] = [{ x: value, scale: 1 }];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    const step = makers.get(part.x);
    if (step === undefined || left.length + means.length > MOST) return undefined;
    const found = split(tape, makers, step, part.scale);
    if (found === undefined) return undefined;
    if ("count" in found) means.push(found);
    else left.push(...found);
  }
  return means;
}

/** A mean, or the parts whose sum a step gives. */
function split(
  tape: Tape,
  makers: ReadonlyMap<Tensor, Step>,
  step: Step,
  scale: number,
): Mean | { x: Tensor; scale: number }[] | undefined {
  const [a, b] = step.inputs;
  if (a === undefined || a.size !== 1) return undefined;
  // The sum of one number, and another shape for it.
  if (step.name === "sum" || step.name === "reshape") return [{ x: a, scale }];
  if (step.name !== "binary" || b === undefined || b.size !== 1) return undefined;
  const [hasA, hasB] = [tape.reaches(a), tape.reaches(b)];
  if (step.spec === "divide") {
    if (hasB) return undefined;
    const divisor = b.data[0]!;
    if (!isTotal(makers.get(a))) return [{ x: a, scale: scale / divisor }];
    return Number.isNaN(divisor) ? undefined : { count: Math.abs(divisor), scale: divisor < 0 ? -scale : scale };
  }
  if (step.spec === "multiply") {
    if (hasA && hasB) return undefined;
    return [hasA ? { x: a, scale: scale * b.data[0]! } : { x: b, scale: scale * a.data[0]! }];
  }
  const sign = step.spec === "subtract" ? -1 : 1;
  return [...(hasA ? [{ x: a, scale }] : []), ...(hasB ? [{ x: b, scale: sign * scale }] : [])];
}

const isTotal = (step: Step | undefined): boolean => step?.name === "sum" && step.inputs[0]!.size !== 1;
