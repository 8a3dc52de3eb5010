import { readFileSync } from "node:fs";
import {
  bert,
  type EncoderHead,
  encoderDecoder,
  gpt,
  KeyValueCache,
  type Pass,
  slice,
  type Tensor,
  tensor,
} from "transformer-blocks";
import { close, maxDifference } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { filled, valuesAt } from "./drawn-values";

type Rows = number[][];

/** What `drawn_models.py` was given, in our names, and what PyTorch made of it. */
interface Case {
  kind: "gpt" | "bert" | "encoderDecoder";
  given: Record<string, unknown>;
  shape: number[];
  output: number[];
}

const { inputs, cases } = JSON.parse(
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

function configOf({ given }: Case) {
  const config = Object.fromEntries(Object.entries(given).filter(([name]) => !ofPass.includes(name)));
  const head = config.head === undefined ? {} : { head: heads[config.head as string]! };
  return { heads: 3, ...inputs.sizes, ...config, ...head };
}

function passOf({ given }: Case): Pass {
  return {
    mask: given.mask === undefined ? undefined : inputs.masks[given.mask as string]!,
    positions: given.positions === undefined ? undefined : inputs.positions,
    types: given.types === undefined ? undefined : inputs.types,
    memoryMask: given.memoryMask === undefined ? undefined : inputs.memoryMask,
  };
}

const memoryShape = [inputs.ids.length, inputs.memoryLength, inputs.sizes.dModel] as const;
const memory = tensor(valuesAt("memory", memoryShape), memoryShape);

function run(drawn: Case): Tensor {
  const [config, pass] = [configOf(drawn), passOf(drawn)];
  if (drawn.kind === "bert") return filled(bert(config)).forward(inputs.ids, pass);
  if (drawn.kind === "encoderDecoder") return filled(encoderDecoder(config)).forward(inputs.ids, inputs.targets, pass);
  return filled(gpt(config)).forward(inputs.ids, drawn.given.crossAttention ? { ...pass, memory } : pass);
}

const name = ({ kind, given }: Case) =>
  `${kind} with ${
    Object.entries(given)
      .map(([setting, value]) => `${setting} ${value}`)
      .join(", ") || "nothing set"
  }`;

describe("models of drawn settings give what PyTorch gives", () => {
  it.each(cases.map((drawn) => ({ name: name(drawn), drawn })))("$name", ({ drawn }) => {
    const output = run(drawn);
    expect(output.shape).toEqual(drawn.shape);
    const largest = drawn.output.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
    expect(maxDifference(output, tensor(Float32Array.from(drawn.output), drawn.shape))).toBeLessThan(1e-5 * largest);
  });
});

describe("decoders of drawn settings give the same with a cache, token by token", () => {
  const decoders = cases.filter(({ kind }) => kind === "gpt");
  it.each(decoders.map((drawn) => ({ name: name(drawn), drawn })))("$name", ({ drawn }) => {
    const model = filled(gpt(configOf(drawn)));
    const { mask, positions } = passOf(drawn) as { mask?: Rows; positions?: number[] };
    const rest = drawn.given.crossAttention ? { memory } : {};
    const whole = model.forward(inputs.ids, { mask, positions, ...rest });
    const cache = new KeyValueCache({ capacity: 5 });
    for (let at = 0; at < 5; at++) {
      const step = model.forward(
        inputs.ids.map((row) => [row[at]!]),
        {
          cache,
          mask: mask?.map((row) => row.slice(0, at + 1)),
          positions: positions?.slice(at, at + 1),
          ...rest,
        },
      );
      expect(close(step, slice(whole, { axis: 1, start: at, end: at + 1 }), 1e-5)).toBe(true);
    }
  });
});
