import {
  attend,
  attention,
  attentionWeights,
  type HeadShape,
  multiply,
  permute,
  sum,
  type Tensor,
  valueAndGradients,
} from "transformer-blocks";
import { maxDifference } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { fixture, pick } from "./fixture";

const tensors = new Map([...fixture("blocks/attention"), ...fixture("blocks/attention-options")]);

/** [batch, heads, seq, headDim] to [batch, seq, heads, headDim], and back. */
const swapped = (x: Tensor) => permute(x, [0, 2, 1, 3]) as Tensor<HeadShape>;

interface Case {
  name: string;
  causal?: boolean;
  masked?: boolean;
  biased?: boolean;
  window?: number;
  softcap?: number;
}

const cases: Case[] = [
  { name: "full" },
  { name: "causal", causal: true },
  // The file's mask shows what "causal" means with fewer queries than keys.
  { name: "causal-at-end", causal: true },
  { name: "mask", masked: true },
  { name: "hidden-row", masked: true },
  { name: "grouped", causal: true },
  { name: "single-key-head" },
  { name: "bias", biased: true },
  { name: "bias-of-heads", biased: true },
  { name: "bias-of-keys", biased: true },
  { name: "bias-of-queries-and-keys", biased: true },
  { name: "window", causal: true, window: 3 },
  { name: "window-at-end", causal: true, window: 3 },
  // Without causality, transformers counts the distance 2 in; its windows of both sides are one smaller than ours.
  { name: "window-both-sides", window: 3 },
  { name: "softcap", softcap: 1.5 },
  { name: "gemma", causal: true, window: 3, softcap: 2, biased: true },
];

describe.each(cases)(
  "attention with $name has the outputs and gradients of PyTorch",
  ({ name, causal = false, masked, biased, ...rest }) => {
    const part = (suffix: string) => pick(tensors, `${name}.${suffix}`);
    const [q, k, v] = [swapped(part("query")), swapped(part("key")), swapped(part("value"))];
    const bias = biased ? part("bias") : undefined;
    const options = { ...rest, causal, bias, mask: masked ? part("mask") : undefined };
    const explicit = () => attend(attentionWeights(q, k, options), v);
    const fused = () => attention(q, k, v, options);

    it.each([
      { form: "fused", compute: fused },
      { form: "explicit", compute: explicit },
    ])("when it is $form", ({ compute }) => {
      expect(maxDifference(swapped(compute()), part("output"))).toBeLessThan(1e-5);
      const loss = () => sum(multiply(compute() as Tensor, swapped(part("cotangent")) as Tensor));
      const { gradients } = valueAndGradients(bias ? [q, k, v, bias] : [q, k, v], loss);
      expect(maxDifference(swapped(gradients.get(q) as Tensor), part("gradient.query"))).toBeLessThan(1e-5);
      expect(maxDifference(swapped(gradients.get(k) as Tensor), part("gradient.key"))).toBeLessThan(1e-5);
      expect(maxDifference(swapped(gradients.get(v) as Tensor), part("gradient.value"))).toBeLessThan(1e-5);
      if (bias) expect(maxDifference(gradients.get(bias), part("gradient.bias"))).toBeLessThan(1e-5);
    });
  },
);
