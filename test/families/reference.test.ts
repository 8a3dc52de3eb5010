import { describe, expect, it } from "vitest";
import type { Pass, Sequence } from "../../src/blocks";
import type { Family, Model } from "../../src/families";
import { linksOf } from "../../src/families/name-map";
import { namesIn } from "../../src/families/reading/as-loaded";
import { asTheirs } from "../../src/families/reading/as-theirs";
import { DecoderModel, EncoderDecoderModel, EncoderModel } from "../../src/models";
import { add, crossEntropy, divide, mean, multiply, reshape, slice, Tensor, valueAndGradients } from "../../src/tensor";
import { difference, type Expected, families, fixtureNames, loadFixture, outputsOf } from "./fixture";

/** The model's output for the fixture's inputs, those whose names begin with `start`. */
function outputFor(model: Model, expected: Expected, pass: Pass = {}, start = ""): Tensor {
  const ids = expected.ids(`${start}input_ids`);
  const mask = start === "" ? undefined : expected.ids("padded_attention_mask");
  if (model instanceof EncoderDecoderModel)
    return model.forward(ids, expected.ids(`${start}decoder_input_ids`), { ...pass, mask });
  const types = model instanceof EncoderModel ? expected.ids(`${start}token_type_ids`) : undefined;
  return model.forward(ids, { ...pass, mask, types });
}

/** As transformers has it: README of test/reference. */
function lossOf(model: Model, expected: Expected): Tensor {
  const output = outputFor(model, expected);
  if (model instanceof DecoderModel) {
    const targets = expected.ids("labels").map((row) => row.slice(1));
    return crossEntropy(slice(output, { axis: 1, end: targets[0]!.length }), targets);
  }
  if (expected.has("start_positions")) {
    const ends = ["start_positions", "end_positions"].map((name, i) => {
      const scores = slice(output, { axis: 2, start: i, end: i + 1 });
      return crossEntropy(reshape(scores, scores.shape.slice(0, 2)), [...expected.tensor(name).data]);
    });
    return divide(add(ends[0]!, ends[1]!), 2);
  }
  if (expected.has("labels")) {
    const labels = expected.tensor("labels");
    return crossEntropy(output, labels.rank === 1 ? [...labels.data] : expected.ids("labels"));
  }
  if (!(model instanceof EncoderModel)) throw new Error("no loss is defined");
  const hidden = model.hidden(expected.ids("input_ids"), { types: expected.ids("token_type_ids") });
  const pooled = model.pooler!.forward(hidden);
  return add(mean(multiply(hidden, hidden)), mean(multiply(pooled, pooled)));
}

describe.each(fixtureNames)("%s, made by transformers", (name) => {
  it("gives its logits", async () => {
    const { model, expected } = await loadFixture(name);
    const reference = expected.tensor(expected.has("logits") ? "logits" : "hidden");
    expect(difference(outputFor(model, expected), reference)).toBeLessThanOrEqual(1e-5);
  });

  it("gives its hidden states after the embedding and after each block", async () => {
    const { model, expected } = await loadFixture(name);
    const seen = outputsOf(model, (tap) => outputFor(model, expected, { tap }));
    const sides = model instanceof EncoderDecoderModel ? ["encoder_hidden", "decoder_hidden"] : ["hidden"];
    const references = sides.flatMap((side) => [0, 1, 2].map((i) => `${side}_${i}`));
    expect(seen).toHaveLength(references.length);
    // transformers reports the last one after the final norm.
    if (model instanceof DecoderModel) seen[2] = model.norm!.forward(seen[2] as Tensor<Sequence>);
    references.forEach((reference, i) => {
      expect(difference(seen[i]!, expected.tensor(reference)), reference).toBeLessThanOrEqual(1e-5);
    });
  });

  it("gives its logits for a padded batch", async () => {
    const { model, expected } = await loadFixture(name);
    const kind = expected.has("padded_logits") ? "padded_logits" : "padded_hidden";
    const [found, reference] = [outputFor(model, expected, {}, "padded_"), expected.tensor(kind)];
    const kept = expected.ids("padded_attention_mask")[1]!.filter((keep) => keep === 1).length;
    const perToken = found.rank === 3 && !(model instanceof EncoderDecoderModel);
    for (const row of [0, 1]) {
      const part = (x: Tensor) => {
        const one = slice(x, { axis: 0, start: row, end: row + 1 });
        return perToken && row === 1 ? slice(one, { axis: 1, end: kept }) : one;
      };
      expect(difference(part(found), part(reference)), `row ${row}`).toBeLessThanOrEqual(1e-5);
    }
  });

  it("gives its loss, and the gradient of every parameter", async () => {
    const { model, config, expected } = await loadFixture(name);
    const { value, gradients } = valueAndGradients(model, () => lossOf(model, expected));
    expect(difference(value, expected.tensor("loss"))).toBeLessThanOrEqual(1e-5);
    const family: Family = families.find(({ modelTypes }) => modelTypes.some((type) => type === config.model_type))!;
    const links = linksOf(
      family.names(model, () => false),
      model,
    );
    const left = new Set([...expected.tensors.keys()].filter((key) => key.startsWith("gradient.")));
    for (const [theirs, { shape, data }] of asTheirs(links, (path) => gradients.get(path).data, {
      ...namesIn(model, family, config),
      dtypeOf: () => "F32",
    })) {
      if (theirs === "final_logits_bias") continue; // no parameter in PyTorch
      const key = `gradient.${theirs}`;
      // Below this a gradient is the rounding of zero: a key's bias has none.
      expect(difference(new Tensor(shape, data), expected.tensor(key), 1e-2), key).toBeLessThanOrEqual(1e-5);
      left.delete(key);
    }
    expect([...left]).toEqual([]);
  });
});

describe("bert-base", () => {
  it("gives its pooled vectors", async () => {
    const { model, expected } = await loadFixture("bert-base");
    if (!(model instanceof EncoderModel)) throw new Error("not an encoder");
    const pooled = model.pooled(expected.ids("input_ids"), { types: expected.ids("token_type_ids") });
    expect(difference(pooled, expected.tensor("pooled"))).toBeLessThanOrEqual(1e-5);
  });
});
