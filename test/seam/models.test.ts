import { describe, it } from "vitest";
import { crossEntropy, quantize, valueAndGradients } from "../../src";
import { fromPretrained, type Model, savePretrained } from "../../src/families";
import { DecoderModel, EncoderDecoderModel } from "../../src/models";
import { multiply, sum, type Tensor } from "../../src/tensor";
import * as layers from "../blocks/drawn-cases";
import { fixtureNames, fixtures, memory } from "../families/fixture";
import * as models from "../models/drawn-cases";
import { expectSame } from "./same";

describe("layers and models of drawn settings give the same bits on a device", () => {
  it.each(layers.cases.map((drawn) => ({ name: layers.name(drawn), drawn })))("$name", ({ drawn }) =>
    expectSame(() => layers.run(drawn)),
  );
  it.each(models.cases.map((drawn) => ({ name: models.name(drawn), drawn })))("$name", ({ drawn }) =>
    expectSame(() => models.run(drawn)),
  );
});

const ids = [
  [5, 3, 8, 1],
  [2, 9, 4, 7],
];

const forward = (model: Model): Tensor =>
  model instanceof EncoderDecoderModel
    ? model.forward(ids, [
        [1, 2],
        [3, 4],
      ])
    : model.forward(ids);

const loss = (model: Model) => () =>
  model instanceof DecoderModel ? crossEntropy(model.forward(ids), ids) : sum(multiply(forward(model), forward(model)));

describe("a checkpoint of each family does on a device what it does on the CPU", () => {
  it.each(fixtureNames)("%s: loaded, run, differentiated, saved", async (name) => {
    await expectSame(async () => {
      const { model } = await fromPretrained(new URL(`${name}/`, fixtures));
      const target = memory();
      await savePretrained({ model }, target);
      return [forward(model), valueAndGradients(model, loss(model)), target.files];
    });
  });

  it.each(["q8", "q4"] as const)("quantized when it is loaded, or afterwards: %s", async (weights) => {
    await expectSame(async () => {
      const { model } = await fromPretrained(new URL("llama/", fixtures), { weights });
      const later = await fromPretrained(new URL("llama/", fixtures));
      quantize(later.model, weights);
      return [model, forward(model), forward(later.model)];
    });
  });
});
