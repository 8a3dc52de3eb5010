import { describe, expect, it } from "vitest";
import { logitLens } from "../../src/inspect";
import { gpt } from "../../src/models";

const config = { vocabSize: 9, contextLength: 8, dModel: 8, heads: 2, layers: 3, initialDeviation: 0.3 };
const ids = [[1, 2, 3, 4]];

describe.each([{ norm: "pre" as const }, { norm: "post" as const }])("the logit lens, $norm-norm", ({ norm }) => {
  const model = gpt({ ...config, norm }, { seed: 1 });
  const lens = logitLens(model, ids);

  it("has every layer, in order", () => expect(lens.map(({ layer }) => layer)).toEqual([0, 1, 2]));

  it("ends with what the model says", () => expect(lens[2]!.logits.data).toEqual(model.forward(ids).data));

  it("shows what a model of fewer layers with the same weights would say", () => {
    const shorter = gpt({ ...config, norm, layers: 2 });
    for (const [path, parameter] of shorter.parameters()) parameter.assign(model.parameters().get(path)!.data);
    expect(lens[1]!.logits.data).toEqual(shorter.forward(ids).data);
  });

  it("takes a pass", () => {
    const positions = [3, 4, 5, 6];
    const shifted = logitLens(model, ids, { positions });
    expect(shifted[2]!.logits.data).toEqual(model.forward(ids, { positions }).data);
    expect(shifted[2]!.logits.data).not.toEqual(lens[2]!.logits.data);
  });
});
