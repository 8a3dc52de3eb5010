import { type Check, type Checks, checkOptions, expectBoolean, numberIn, oneOf } from "../checks";
import { knownAs } from "../synonyms";
import type { Initial } from "../tensor";
import { initial, size } from "./checks";

/** Experts in groups of equal size, of which each token sees only some. */
export interface ExpertGroups {
  count: number;
  /** How many groups each token may choose experts from. */
  topK: number;
  /** What a group counts for: its greatest score, or the sum of its two greatest (if omitted). */
  score?: "greatest" | "twoGreatest" | undefined;
}

/** The sizes of a `TopKRouter`, and how it scores and chooses. */
export interface TopKRouterConfig {
  dModel: number;
  /** How many experts there are. */
  experts: number;
  /** How many of them each token gets. */
  topK: number;
  /** What is made of the logits: a softmax over all (if omitted), a sigmoid of each, or a softmax over the chosen only. */
  scores?: "softmax" | "sigmoid" | "softmaxOfChosen" | undefined;
  /** Divides the chosen scores by their sum. */
  renormalize?: boolean | undefined;
  /** The least that scores are divided by to renormalize them; 1e-20 if omitted. */
  leastSum?: number | undefined;
  /** Added to the sum that scores are divided by to renormalize them; 0 if omitted. */
  sumEpsilon?: number | undefined;
  /** Multiplies the weights; 1 if omitted. */
  scale?: number | undefined;
  /** A bias of the logits. */
  bias?: boolean | undefined;
  /** A bias of the choice alone, the parameter `correction`: it never enters the weights. */
  correction?: boolean | undefined;
  /** Limits the choice to the best groups of experts. */
  groups?: ExpertGroups | undefined;
  initial?: Initial | undefined;
}

const groupChecks: Checks<ExpertGroups> = /* @__PURE__ */ knownAs(
  { options: ["count nGroup numGroups", "topK topkGroup k"] },
  { count: size, topK: size, score: oneOf(["greatest", "twoGreatest"]) },
);
const groups: Check = (where, name, value) => checkOptions(`${where}: ${name}`, value, groupChecks, ["count", "topK"]);

export const routerChecks: Checks<TopKRouterConfig> = /* @__PURE__ */ knownAs(
  {
    options: [
      "experts numExperts numLocalExperts nRoutedExperts",
      "topK numExpertsPerTok numSelects moeTopk k",
      "renormalize normTopkProb",
      "scale routedScalingFactor",
      "scores scoringFunc scoreFunction",
      "correction eScoreCorrectionBias",
      "leastSum moeNormMin",
    ],
  },
  {
    dModel: size,
    experts: size,
    topK: size,
    scores: oneOf(["softmax", "sigmoid", "softmaxOfChosen"]),
    renormalize: expectBoolean,
    leastSum: numberIn({ above: 0 }),
    sumEpsilon: numberIn({ least: 0 }),
    scale: numberIn(),
    bias: expectBoolean,
    correction: expectBoolean,
    groups,
    initial,
  },
);

/** @throws TypeError for options without effect; RangeError if there are too few experts to choose from */
export function expectChoice(config: TopKRouterConfig): void {
  const { experts, topK, scores, renormalize, groups } = config;
  for (const name of ["leastSum", "sumEpsilon"] as const)
    if (config[name] !== undefined && !renormalize)
      throw new TypeError(`TopKRouter: ${name} has no effect without renormalize`);
  if (scores === "softmaxOfChosen" && renormalize)
    throw new TypeError('TopKRouter: renormalize has no effect with scores "softmaxOfChosen": their sum is 1');
  if (topK > experts) throw new RangeError(`TopKRouter: topK ${topK} is more than the ${experts} experts`);
  if (!groups) return;
  if (experts % groups.count !== 0)
    throw new RangeError(`TopKRouter: ${experts} experts do not divide into groups.count ${groups.count} groups`);
  const each = experts / groups.count;
  if (groups.topK > groups.count)
    throw new RangeError(`TopKRouter: groups.topK ${groups.topK} is more than groups.count ${groups.count}`);
  if (topK > groups.topK * each)
    throw new RangeError(`TopKRouter: topK ${topK} is more than the ${groups.topK * each} experts of the best groups`);
  if (groups.score !== "greatest" && each < 2)
    throw new RangeError('TopKRouter: groups of one expert have no two greatest scores; use groups.score "greatest"');
}
