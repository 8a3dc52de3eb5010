import { type Checks, expectFunction, numberIn, wrongKind } from "../checks";
import { epsilonNames, knownAs } from "../synonyms";
import type { Parameter } from "../tensor";
import { checkPatterns } from "./freeze";

/** Options of `adamW`. */
export interface AdamWOptions {
  learningRate: number;
  /** The share of the mean gradient and of the mean squared gradient that each step keeps; [0.9, 0.999] if omitted. */
  betas?: readonly [number, number] | undefined;
  /** 1e-8 if omitted. */
  epsilon?: number | undefined;
  /** Each step subtracts this share of a parameter, times the learning rate; 0.01 if omitted. */
  weightDecay?: number | undefined;
  /** Which parameters decay; all if omitted. `(path, { rank }) => rank > 1` excludes biases and norms. */
  decays?: ((path: string, parameter: Parameter) => boolean) | undefined;
  /**
   * Parameters that are not trained, as patterns of their paths: `*` matches one name, `**` any number of names.
   * `["embedding.**", "blocks.0.**"]` trains everything above the first block.
   */
  freeze?: readonly string[] | undefined;
}

const beta = numberIn({ least: 0, below: 1 });
export const notNegative = numberIn({ least: 0 });

export const adamWChecks: Checks<AdamWOptions> = /* @__PURE__ */ knownAs(
  {
    options: [
      epsilonNames,
      "learningRate lr stepSize",
      "weightDecay wd decay l2",
      "betas beta",
      "freeze frozen exclude",
      "decays noDecay decay",
    ],
    advice: [
      ["betas", "beta1 beta2", "betas: [beta1, beta2]"],
      ["betas", "amsgrad maximize foreach fused capturable differentiable", "it has no equal here; omit it"],
    ],
  },
  {
    learningRate: notNegative,
    betas: (where, name, value) => {
      if (!Array.isArray(value) || value.length !== 2)
        throw wrongKind(where, name, "an array of two numbers, [0.9, 0.999]", value);
      for (const i of [0, 1]) beta(where, `${name}[${i}]`, value[i]);
    },
    epsilon: numberIn({ above: 0 }),
    weightDecay: notNegative,
    decays: expectFunction,
    freeze: checkPatterns,
  },
);
