import { type Check, type Checks, checkOptions, numberIn, wholeIn } from "../checks";
import { knownAs, minimumNames } from "../synonyms";

/** The factor of the learning rate at a step, counted from 0. */
export type Schedule = (step: number) => number;

/** Options of schedules with a warmup. */
export interface WarmupOptions {
  /** The number of steps over which the factor rises from 0 to 1; 0 if omitted. */
  warmup?: number | undefined;
}

/** Options of schedules that fall to a minimum. */
export interface DecayOptions extends WarmupOptions {
  /** The step at which the factor reaches its minimum and stays. */
  steps: number;
  /** The final factor; 0 if omitted. */
  minimum?: number | undefined;
}

/** Options of `inverseSquareRoot`. */
export interface InverseSquareRootOptions {
  /** The number of steps over which the factor rises from 0 to 1. */
  warmup: number;
}

const warmup = wholeIn({ least: 0 });
const warmupChecks: Checks<WarmupOptions> = /* @__PURE__ */ knownAs(
  { options: ["warmup warmupSteps numWarmupSteps warmupIters", minimumNames] },
  { warmup },
);
const decayChecks: Checks<DecayOptions> = {
  warmup,
  steps: wholeIn({ least: 1 }),
  minimum: numberIn({ least: 0, most: 1 }),
};
const inverseChecks: Checks<InverseSquareRootOptions> = { warmup: wholeIn({ least: 1 }) };
const checkStep: Check = numberIn({ least: 0 });

/** 1 after the warmup. @throws RangeError if the warmup is not a whole number */
export function constant(options: WarmupOptions = {}): Schedule {
  checkOptions("constant", options, warmupChecks);
  return warmed("constant", options.warmup, () => 1);
}

/** A straight line from 1 after the warmup to the minimum. @throws RangeError if an option is out of range */
export function warmupLinear(options: DecayOptions): Schedule {
  return decaying("warmupLinear", options, (progress) => 1 - progress);
}

/** @deprecated Import `warmupLinear`: `linear` is also a tensor operation. */
export const linear = warmupLinear;

/**
 * (1 + cos π p) / 2 from 1 after the warmup to the minimum, with p the progress from the warmup's end (0) to `steps`
 * (1).
 *
 * @throws RangeError if an option is out of range
 * @see Loshchilov and Hutter 2017, SGDR (arXiv 1608.03983), section 3
 * @example
 * ```ts
 * import { warmupCosine } from "transformer-blocks/training";
 * const schedule = warmupCosine({ warmup: 2, steps: 10 });
 * [0, 1, 2, 6, 10].map(schedule); // [0, 0.5, 1, 0.5, 0]
 * ```
 */
export function warmupCosine(options: DecayOptions): Schedule {
  return decaying("warmupCosine", options, (progress) => (1 + Math.cos(Math.PI * progress)) / 2);
}

/**
 * √(warmup / step) after the warmup. With a learning rate of 1 / √(dModel · warmup) it is the schedule of the original
 * Transformer.
 *
 * @throws RangeError if the warmup is not a whole number of 1 or more
 * @see Vaswani et al. 2017 (arXiv 1706.03762), section 5.3
 */
export function inverseSquareRoot(options: InverseSquareRootOptions): Schedule {
  checkOptions("inverseSquareRoot", options, inverseChecks, ["warmup"]);
  const { warmup } = options;
  return warmed("inverseSquareRoot", warmup, (step) => Math.sqrt(warmup / step));
}

function warmed(name: string, warmup = 0, then: Schedule): Schedule {
  return (step) => {
    checkStep(name, "step", step);
    return step < warmup ? step / warmup : then(step);
  };
}

/** @param shape from 1 at progress 0 to 0 at progress 1 */
function decaying(name: string, options: DecayOptions, shape: (progress: number) => number): Schedule {
  checkOptions(name, options, decayChecks, ["steps"]);
  const { warmup = 0, steps, minimum = 0 } = options;
  if (warmup > steps) throw new RangeError(`${name}: a warmup of ${warmup} is longer than all ${steps} steps`);
  return warmed(name, warmup, (step) => {
    const progress = step >= steps ? 1 : (step - warmup) / (steps - warmup);
    return minimum + (1 - minimum) * shape(progress);
  });
}
