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

const tensors = fixture("blocks/attention");

/** [batch, heads, seq, headDim] to [batch, seq, heads, headDim], and back. */
const swapped = (x: Tensor) => permute(x, [0, 2, 1, 3]) as Tensor<HeadShape>;

const cases = [
  { name: "full" },
  { name: "causal", causal: true },
  // The file's mask shows what "causal" means with fewer queries than keys.
  { name: "causal-at-end", causal: true },
  { name: "mask", masked: true },
  { name: "hidden-row", masked: true },
  { name: "grouped", causal: true },
  { name: "single-key-head" },
];

describe.each(cases)("attention, $name, against scaled_dot_product_attention", ({ name, causal = false, masked }) => {
  const part = (suffix: string) => pick(tensors, `${name}.${suffix}`);
  const [q, k, v] = [swapped(part("query")), swapped(part("key")), swapped(part("value"))];
  const options = { causal, mask: masked ? part("mask") : undefined };
  const explicit = () => attend(attentionWeights(q, k, options), v);
  const fused = () => attention(q, k, v, options);

  it.each([
    { form: "fused", compute: fused },
    { form: "explicit", compute: explicit },
  ])("$form", ({ compute }) => {
    expect(maxDifference(swapped(compute()), part("output"))).toBeLessThan(1e-5);
    const loss = () => sum(multiply(compute() as Tensor, swapped(part("cotangent")) as Tensor));
    const { gradients } = valueAndGradients([q, k, v], loss);
    expect(maxDifference(swapped(gradients.get(q) as Tensor), part("gradient.query"))).toBeLessThan(1e-5);
    expect(maxDifference(swapped(gradients.get(k) as Tensor), part("gradient.key"))).toBeLessThan(1e-5);
    expect(maxDifference(swapped(gradients.get(v) as Tensor), part("gradient.value"))).toBeLessThan(1e-5);
  });
});
