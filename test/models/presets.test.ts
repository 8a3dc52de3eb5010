import {
  bert,
  countParameters,
  type DecoderConfig,
  type EncoderConfig,
  type EncoderDecoderConfig,
  encoderDecoder,
  gpt,
  type Module,
  presets,
} from "transformer-blocks";
import { describe, expect, it } from "vitest";

type Preset = keyof typeof presets;

const build = {
  gpt: (name: Preset): Module => gpt(presets[name] as DecoderConfig),
  bert: (name: Preset): Module => bert(presets[name] as EncoderConfig),
  encoderDecoder: (name: Preset): Module => encoderDecoder(presets[name] as EncoderDecoderConfig),
};

interface Row {
  name: Preset;
  kind: keyof typeof build;
  published: number;
}

/** Counted by transformers in the published checkpoints: BertModel with its pooler, OpenAIGPTModel, GPT2LMHeadModel. */
const exact: Row[] = [
  { name: "bert-base", kind: "bert", published: 109_482_240 },
  { name: "bert-large", kind: "bert", published: 335_141_888 },
  { name: "gpt1", kind: "gpt", published: 116_534_784 },
  { name: "gpt2", kind: "gpt", published: 124_439_808 },
  { name: "gpt2-medium", kind: "gpt", published: 354_823_168 },
  { name: "gpt2-large", kind: "gpt", published: 774_030_080 },
  { name: "gpt2-xl", kind: "gpt", published: 1_557_611_200 },
  { name: "gpt3-175b", kind: "gpt", published: 174_604_259_328 },
];

const M = 1e6;
const B = 1e9;
/** What a paper prints, and how far its own sizes lead from that. */
const printed: (Row & { within: number })[] = [
  // Vaswani et al. 2017, table 3. Its "about 37000 tokens" leave the table of vectors open by some 2 million.
  { name: "transformer-base", kind: "encoderDecoder", published: 65 * M, within: 2 * M },
  { name: "transformer-big", kind: "encoderDecoder", published: 213 * M, within: 2 * M },
  // Brown et al. 2020, table 2.1: half of the last digit printed,
  { name: "gpt3-small", kind: "gpt", published: 125 * M, within: 0.5 * M },
  { name: "gpt3-large", kind: "gpt", published: 760 * M, within: 0.5 * M },
  { name: "gpt3-xl", kind: "gpt", published: 1.3 * B, within: 0.05 * B },
  { name: "gpt3-2.7b", kind: "gpt", published: 2.7 * B, within: 0.05 * B },
  { name: "gpt3-6.7b", kind: "gpt", published: 6.7 * B, within: 0.05 * B },
  // but 356 million printed as 350, and 13.0 billion of a width of 5140, which 40 heads of 128 do not have.
  { name: "gpt3-medium", kind: "gpt", published: 350 * M, within: 6 * M },
  { name: "gpt3-13b", kind: "gpt", published: 13.0 * B, within: 0.15 * B },
];

describe("the parameters of published models", () => {
  it.each(exact)("$name has $published", ({ name, kind, published }) => {
    expect(countParameters(build[kind](name))).toBe(published);
  });

  it.each(printed)("$name has about $published", ({ name, kind, published, within }) => {
    expect(Math.abs(countParameters(build[kind](name)) - published)).toBeLessThanOrEqual(within);
  });

  it("are counted for every preset", () => {
    expect([...exact, ...printed].map(({ name }) => name).toSorted()).toEqual(Object.keys(presets).toSorted());
  });

  it("are counted without being allocated", () => {
    const start = performance.now();
    for (const { name, kind } of [...exact, ...printed])
      for (const [path, parameter] of build[kind](name).parameters())
        expect(parameter.hasValues, `${name}: ${path}`).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
