import { arrayOf, expectBoolean, numberIn, wholeIn } from "../checks";
import { checkKind, type KindChecks } from "./checks";

/** How rotary frequencies are changed for texts longer than those of the first training. */
export type RotaryScaling =
  | { kind: "linear"; factor: number }
  | { kind: "dynamic"; factor: number; contextLength: number }
  | {
      kind: "llama3";
      factor: number;
      lowFrequencyFactor: number;
      highFrequencyFactor: number;
      originalContextLength: number;
    }
  | {
      kind: "yarn";
      factor: number;
      originalContextLength: number;
      /** What cosines and sines are multiplied by; 0.1 · ln factor + 1 if omitted. */
      attentionFactor?: number | undefined;
      /** Pairs that turn more often than this in the original context keep their frequency; 32 if omitted. */
      fastTurns?: number | undefined;
      /** Pairs that turn less often than this are slowed by the factor; 1 if omitted. */
      slowTurns?: number | undefined;
      /** Whether the bounds of the pairs in between are whole numbers; true if omitted. */
      truncate?: boolean | undefined;
    }
  | {
      kind: "longrope";
      /** A divisor for each pair, for texts within the original context. */
      shortFactors: readonly number[];
      /** A divisor for each pair, for longer texts. */
      longFactors: readonly number[];
      originalContextLength: number;
      /** How much longer the context became; decides the attention factor; 1 if omitted. */
      factor?: number | undefined;
      /** What cosines and sines are multiplied by; √(1 + ln factor / ln originalContextLength) if omitted. */
      attentionFactor?: number | undefined;
      /** The same in texts longer than the original context; `attentionFactor` if omitted. */
      longAttentionFactor?: number | undefined;
    }
  | { kind: "proportional"; factor?: number | undefined };

const positive = /* @__PURE__ */ numberIn({ above: 0 });
const length = /* @__PURE__ */ wholeIn({ least: 1 });
const factors = /* @__PURE__ */ arrayOf(positive, "an array of positive numbers");

const checks: KindChecks<RotaryScaling> = {
  linear: { checks: { factor: positive }, required: ["factor"] },
  dynamic: { checks: { factor: positive, contextLength: length }, required: ["factor", "contextLength"] },
  llama3: {
    checks: {
      factor: positive,
      lowFrequencyFactor: positive,
      highFrequencyFactor: positive,
      originalContextLength: length,
    },
    required: ["factor", "lowFrequencyFactor", "highFrequencyFactor", "originalContextLength"],
  },
  yarn: {
    checks: {
      ...{ factor: positive, originalContextLength: length, attentionFactor: positive },
      ...{ fastTurns: positive, slowTurns: positive, truncate: expectBoolean },
    },
    required: ["factor", "originalContextLength"],
  },
  longrope: {
    checks: {
      ...{ shortFactors: factors, longFactors: factors, originalContextLength: length },
      ...{ factor: positive, attentionFactor: positive, longAttentionFactor: positive },
    },
    required: ["shortFactors", "longFactors", "originalContextLength"],
  },
  proportional: { checks: { factor: positive }, required: [] },
};

/** The heads that are rotated. */
export interface Rotated {
  headDim: number;
  /** The number of leading dimensions that are rotated. */
  dimensions: number;
  base: number;
}

/** The angle per position of each pair, and what cosines and sines are multiplied by. */
export interface Rotation {
  frequencies: Float32Array;
  attentionFactor: number;
}

/**
 * θᵢ = base^(−2i / dimensions), with every step rounded to float32 as in PyTorch: at position 100,000 a different last
 * digit changes an angle by up to 0.006. An odd number of dimensions is rounded up to whole pairs.
 */
export const plainFrequencies = (dimensions: number, base: number): Float32Array =>
  new Float32Array(Math.ceil(dimensions / 2)).map((_, pair) => 1 / power(base, (2 * pair) / dimensions));

const fround = Math.fround;
const power = (base: number, exponent: number): number => fround(fround(base) ** fround(exponent));

/**
 * The frequencies of a scaling rule, for a text of a length: only "dynamic" and "longrope" depend on it.
 *
 * @throws TypeError or RangeError for a rule without its fields, or factors that are not one for each pair
 */
export type ScalingRule = (length: number) => Rotation;

/** Checks a scaling rule and makes it ready. */
export function scalingRule(where: string, scaling: RotaryScaling, rotated: Rotated): ScalingRule {
  checkKind(`${where}: scaling`, scaling, checks);
  switch (scaling.kind) {
    case "linear":
      return always(rotation(dividedBy(frequenciesOf(rotated), () => scaling.factor)));
    case "proportional":
      return always(rotation(proportional(scaling.factor ?? 1, rotated)));
    case "llama3":
      return always(rotation(llama3(scaling, rotated)));
    case "yarn":
      return always(rotation(yarn(scaling, rotated), scaling.attentionFactor ?? yarnMagnitude(scaling.factor)));
    case "dynamic":
      return dynamic(scaling, rotated);
    case "longrope":
      return longrope(where, scaling, rotated);
  }
}

const rotation = (frequencies: Float32Array, attentionFactor = 1): Rotation => ({ frequencies, attentionFactor });
const always =
  (made: Rotation): ScalingRule =>
  () =>
    made;
const frequenciesOf = ({ dimensions, base }: Rotated): Float32Array => plainFrequencies(dimensions, base);
const dividedBy = (frequencies: Float32Array, factor: (pair: number) => number): Float32Array =>
  frequencies.map((frequency, pair) => frequency / factor(pair));

/** 0.1 · scale · ln factor + 1: how much larger scores become where a context is `factor` times longer. */
export const yarnMagnitude = (factor: number, scale = 1): number =>
  factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;

/** Exponents are shares of the whole head; pairs beyond the rotated dimensions are not turned. */
function proportional(factor: number, { headDim, dimensions, base }: Rotated): Float32Array {
  const turned = Math.floor(dimensions / 2);
  return plainFrequencies(headDim, base).map((frequency, pair) => (pair < turned ? frequency / factor : 0));
}

/** Long waves are slowed by the factor, short ones are kept, those in between are blended. */
function llama3(scaling: RotaryScaling & { kind: "llama3" }, rotated: Rotated): Float32Array {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContextLength: context } = scaling;
  return frequenciesOf(rotated).map((frequency) => {
    const wave = fround((2 * Math.PI) / frequency);
    if (wave > context / low) return frequency / factor;
    if (wave < context / high) return frequency;
    const share = fround(fround(fround(context / wave) - low) / (high - low));
    return fround(fround(fround(1 - share) * frequency) / factor) + fround(share * frequency);
  });
}

/** Pairs that turn often in the original context are kept, the others slowed, with a ramp in between. */
function yarn(scaling: RotaryScaling & { kind: "yarn" }, { dimensions, base }: Rotated): Float32Array {
  const { factor, originalContextLength: context, fastTurns = 32, slowTurns = 1, truncate = true } = scaling;
  const pairOf = (turns: number) => (dimensions * Math.log(context / (turns * 2 * Math.PI))) / (2 * Math.log(base));
  const [first, last] = [pairOf(fastTurns), pairOf(slowTurns)];
  const low = Math.max(truncate ? Math.floor(first) : first, 0);
  const high = Math.min(truncate ? Math.ceil(last) : last, dimensions - 1);
  const width = low === high ? 0.001 : high - low;
  // As in transformers, of an odd number the ramp has whole pairs only: one dimension is not rotated, and of three the
  // second pair is as the first.
  const ramps = Math.floor(dimensions / 2);
  return new Float32Array(ramps === 0 ? 0 : Math.ceil(dimensions / 2)).map((_, pair) => {
    const period = power(base, (2 * pair) / dimensions);
    const ramp = fround(Math.min(Math.max(fround(fround(Math.min(pair, ramps - 1) - low) / width), 0), 1));
    const kept = fround(1 - ramp);
    const slowed = fround(1 / fround(factor * period));
    return fround(slowed * fround(1 - kept)) + fround(fround(1 / period) * kept);
  });
}

/** The base grows with the length, once it exceeds the context. */
function dynamic(scaling: RotaryScaling & { kind: "dynamic" }, rotated: Rotated): ScalingRule {
  const { factor, contextLength } = scaling;
  const { dimensions, base } = rotated;
  const short = rotation(frequenciesOf(rotated));
  let [lastLength, last] = [contextLength, short];
  return (length) => {
    if (length <= contextLength) return short;
    if (length !== lastLength) {
      const growth = fround(fround(fround(factor * length) / contextLength) - (factor - 1));
      const larger = fround(base * power(growth, dimensions / (dimensions - 2)));
      [lastLength, last] = [length, rotation(plainFrequencies(dimensions, larger))];
    }
    return last;
  };
}

/** Each pair has its own divisor, one for texts within the original context and one for longer texts. */
function longrope(where: string, scaling: RotaryScaling & { kind: "longrope" }, rotated: Rotated): ScalingRule {
  const { originalContextLength: context, factor = 1 } = scaling;
  const pairs = Math.ceil(rotated.dimensions / 2);
  const attentionFactor =
    scaling.attentionFactor ?? (factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(context)));
  const [short, long] = (["shortFactors", "longFactors"] as const).map((name) => {
    const divisors = scaling[name];
    if (divisors.length !== pairs)
      throw new RangeError(`${where}: scaling: ${name} has ${divisors.length} numbers; there are ${pairs} pairs`);
    const { dimensions, base } = rotated;
    const frequencies = new Float32Array(pairs).map(
      (_, pair) => 1 / fround(fround(divisors[pair]!) * power(base, (2 * pair) / dimensions)),
    );
    const isLong = name === "longFactors";
    return rotation(frequencies, (isLong ? scaling.longAttentionFactor : undefined) ?? attentionFactor);
  });
  return (length) => (length > context ? long! : short!);
}
