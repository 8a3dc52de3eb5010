import { describe, expect, it } from "vitest";
import { fromPretrained } from "../../src/families";
import { logitAttribution, onlyAt, type Patches, patch } from "../../src/inspect";
import { DecoderModel, gpt } from "../../src/models";
import { multiply, type Tensor } from "../../src/tensor";

const folder = new URL("../fixtures/families/decoder/", import.meta.url);
const ids = [[5, 9, 2, 7]];
const silence = (x: Tensor) => multiply(x, 0) as Tensor;
const sum = (parts: readonly { value: number }[]) => parts.reduce((total, { value }) => total + value, 0);

/** Families with other norms, scales, placements and heads; those whose logits have no softcap. */
const additive = [
  "gpt_neox",
  "gptj",
  "falcon",
  "llama",
  "cohere",
  "granite",
  "olmo2",
  "glm4",
  "deepseek_v3",
  "mixtral",
  "lfm2",
];

describe.each(additive)("the parts of a logit, %s,", (name) => {
  it.each([{ against: undefined }, { against: 3 }])("sum to it, against $against", async ({ against }) => {
    const { model } = await fromPretrained(new URL(`${name}/`, folder), { model: DecoderModel });
    const { parts, total } = logitAttribution(model, ids, { token: 11, against, position: 2 });
    const logits = model.forward(ids).data.subarray(2 * model.config.vocabSize);
    const wanted = logits[11]! - (against === undefined ? 0 : logits[against]!);
    const size = Math.max(1, ...parts.map(({ value }) => Math.abs(value)));
    expect(Math.abs(total - wanted)).toBeLessThan(1e-5 * size);
    expect(Math.abs(sum(parts) - wanted)).toBeLessThan(1e-5 * size);
    expect(parts.at(0)!.place).toBe("embedding");
    expect(parts.at(-1)!.place).toBe("bias");
    expect(new Set(parts.map(({ place }) => place)).size).toBe(parts.length);
  });
});

const config = { vocabSize: 13, contextLength: 8, dModel: 8, heads: 2, layers: 2, initialDeviation: 0.4 };

describe("the parts of attention by heads", () => {
  const model = gpt(config, { seed: 3 });
  for (const [path, parameter] of model.parameters())
    if (path.endsWith("bias")) parameter.assign(parameter.data.map((_, i) => Math.sin(i + path.length)));

  it("sum to what attention adds", () => {
    const whole = logitAttribution(model, ids, { token: 11, against: 3 });
    const apart = logitAttribution(model, ids, { token: 11, against: 3, heads: true });
    for (const layer of [0, 1]) {
      const own = apart.parts.filter(({ place }) => place.startsWith(`blocks.${layer}.attention.`));
      expect(own.map(({ place }) => place.replace(/^blocks\.\d\.attention\./, ""))).toEqual([
        "heads.0",
        "heads.1",
        "output.bias",
      ]);
      const added = whole.parts.find(({ place }) => place === `blocks.${layer}.attentionAdded`)!;
      expect(sum(own)).toBeCloseTo(added.value, 5);
    }
    expect(sum(apart.parts)).toBeCloseTo(whole.total, 5);
  });

  it("are what a logit loses when the last layer's head is taken out, but for the norm's scale", () => {
    // Without a final norm, and with nothing after attention, logits are linear in the last layer's heads.
    const plain = gpt(config, { seed: 3 });
    Object.assign(plain, { norm: undefined });
    const logit = (patches: Patches) =>
      patch(plain, (pass) => plain.forward(ids, pass), { "blocks.1.feedForwardAdded": silence, ...patches }).data[
        3 * 13 + 11
      ]!;
    const { parts } = logitAttribution(plain, ids, { token: 11, heads: true });
    const head = parts.find(({ place }) => place === "blocks.1.attention.heads.1")!;
    expect(head.value).toBeCloseTo(logit({}) - logit({ "blocks.1.attention.heads": onlyAt({ heads: [1] }, 0) }), 5);
  });

  it("follow latent attention, mixtures and scaled residuals", async () => {
    for (const name of ["deepseek_v3", "granite", "gptj"]) {
      const { model } = await fromPretrained(new URL(`${name}/`, folder), { model: DecoderModel });
      const { parts, total } = logitAttribution(model, ids, { token: 11, heads: true });
      expect(parts.some(({ place }) => place === "blocks.0.attention.heads.1")).toBe(true);
      expect(Math.abs(sum(parts) - total)).toBeLessThan(1e-4 * Math.max(1, Math.abs(total)));
    }
  });
});

describe("a logit that is no sum is refused with the reason", () => {
  it("of a block that normalizes the sum", () => {
    const post = gpt({ ...config, norm: "post" }, { seed: 1 });
    expect(() => logitAttribution(post, ids, { token: 1 })).toThrow(/blocks\.0 does more than add/);
  });

  it("of heads before a norm", async () => {
    const { model } = await fromPretrained(new URL("olmo2/", folder), { model: DecoderModel });
    expect(() => logitAttribution(model, ids, { token: 1, heads: true })).toThrow(/no sum over its heads.*omit heads/);
  });

  it.each([
    [{ token: 13 }, /token is 13, but the vocabulary has 13 tokens/],
    [{ token: 1, against: 99 }, /against is 99/],
    [{ token: 1, position: 4 }, /position is 4, but the text has 4 tokens/],
    [{ token: 1, position: -5 }, /position is -5/],
    [{ token: 1.5 }, /token must be a whole number/],
    [{}, /token must be a whole number/],
    [{ token: 1, answer: 2 }, /there is no option "answer"; did you mean "token"\?/],
  ])("of %j", (options, message) => {
    const model = gpt(config, { seed: 1 });
    expect(() => Reflect.apply(logitAttribution, undefined, [model, ids, options])).toThrow(message);
  });

  it("of several texts", () => {
    const model = gpt(config, { seed: 1 });
    expect(() => logitAttribution(model, [...ids, ...ids], { token: 1 })).toThrow(/2 rows; give one text/);
  });
});
