import { readFileSync } from "node:fs";
import { bert, type EncoderHead, encoderDecoder, gpt, type Pass, type Tensor, tensor } from "transformer-blocks";
import { filled, valuesAt } from "./drawn-values";

export type Rows = number[][];

/** What `drawn_models.py` was given, in our names, and what PyTorch made of it. */
export interface Case {
  kind: "gpt" | "bert" | "encoderDecoder";
  given: Record<string, unknown>;
  shape: number[];
  output: number[];
}

export const { inputs, cases } = JSON.parse(
  readFileSync(new URL("../fixtures/models/drawn.json", import.meta.url), "utf8"),
) as {
  inputs: {
    ids: Rows;
    targets: Rows;
    masks: Record<string, Rows>;
    memoryMask: Rows;
    types: Rows;
    positions: number[];
    sizes: { dModel: number; vocabSize: number; contextLength: number; layers: number };
    memoryLength: number;
  };
  cases: Case[];
};

const heads: Record<string, EncoderHead> = {
  maskedLanguageModel: { kind: "maskedLanguageModel" },
  sequenceClass: { kind: "sequenceClass", labels: 3 },
  tokenClass: { kind: "tokenClass", labels: 3 },
  questionAnswering: { kind: "questionAnswering" },
};

/** Those of the settings that belong to a pass; the rest is the model's config. */
const ofPass = ["mask", "positions", "types", "memoryMask"];

export function configOf({ given }: Case) {
  const config = Object.fromEntries(Object.entries(given).filter(([name]) => !ofPass.includes(name)));
  const head = config.head === undefined ? {} : { head: heads[config.head as string]! };
  return { heads: 3, ...inputs.sizes, ...config, ...head };
}

export function passOf({ given }: Case): Pass {
  return {
    mask: given.mask === undefined ? undefined : inputs.masks[given.mask as string]!,
    positions: given.positions === undefined ? undefined : inputs.positions,
    types: given.types === undefined ? undefined : inputs.types,
    memoryMask: given.memoryMask === undefined ? undefined : inputs.memoryMask,
  };
}

const memoryShape = [inputs.ids.length, inputs.memoryLength, inputs.sizes.dModel] as const;
export const memory = () => tensor(valuesAt("memory", memoryShape), memoryShape);

/** Runs the model of a case, with the kernels that are current. */
export function run(drawn: Case): Tensor {
  const [config, pass] = [configOf(drawn), passOf(drawn)];
  if (drawn.kind === "bert") return filled(bert(config)).forward(inputs.ids, pass);
  if (drawn.kind === "encoderDecoder") return filled(encoderDecoder(config)).forward(inputs.ids, inputs.targets, pass);
  return filled(gpt(config)).forward(inputs.ids, drawn.given.crossAttention ? { ...pass, memory: memory() } : pass);
}

export const name = ({ kind, given }: Case) =>
  `${kind} with ${
    Object.entries(given)
      .map(([setting, value]) => `${setting} ${value}`)
      .join(", ") || "nothing set"
  }`;
