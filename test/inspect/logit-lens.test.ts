import { describe, expect, it } from "vitest";
import { DecoderBlock, initialize, Linear, Module, type Pass, type Sequence } from "../../src/blocks";
import { logitLens } from "../../src/inspect";
import { gpt } from "../../src/models";
import type { Tensor } from "../../src/tensor";

const config = { vocabSize: 9, contextLength: 8, dModel: 8, heads: 2, layers: 3, initialDeviation: 0.3 };
const ids = [[1, 2, 3, 4]];

describe.each([{ norm: "pre" as const }, { norm: "post" as const }])("the logit lens, $norm-norm", ({ norm }) => {
  const model = gpt({ ...config, norm }, { seed: 1 });
  const lens = logitLens(model, ids);

  it("gives the logits of every layer, in order", () => expect(lens.map(({ layer }) => layer)).toEqual([0, 1, 2]));

  it("ends with what the model says", () => expect(lens[2]!.logits.data).toEqual(model.forward(ids).data));

  it("shows what a model of fewer layers with the same weights would say", () => {
    const shorter = gpt({ ...config, norm, layers: 2 });
    for (const [path, parameter] of shorter.parameters()) parameter.assign(model.parameters().get(path)!.data);
    expect(lens[1]!.logits.data).toEqual(shorter.forward(ids).data);
  });

  it("passes on the options of a pass", () => {
    const positions = [3, 4, 5, 6];
    const shifted = logitLens(model, ids, { positions });
    expect(shifted[2]!.logits.data).toEqual(model.forward(ids, { positions }).data);
    expect(shifted[2]!.logits.data).not.toEqual(lens[2]!.logits.data);
  });
});

describe("the logit lens over models of one's own", () => {
  it("asks for the parts it needs by name", () => {
    class Bare extends Module {
      readonly blocks: Module[] = [];
    }
    class Headless extends Bare {
      hidden(): void {}
    }
    const lens = (model: unknown) => () => Reflect.apply(logitLens, undefined, [model, ids]);
    expect(lens(new Linear({ inFeatures: 1, outFeatures: 1 }))).toThrow(/logitLens: the model has no blocks/);
    expect(lens(new Bare())).toThrow(/logitLens: the model has no hidden\(ids, pass\)/);
    expect(lens(new Headless())).toThrow(/logitLens: the model has no head/);
    expect(lens({})).toThrow(/logitLens: model must be a Module/);
  });

  it("says which block reports nothing", () => {
    class Silent extends DecoderBlock {
      override forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
        return super.forward(x, { ...pass, tap: undefined });
      }
    }
    const model = gpt(config);
    Object.assign(model.blocks, { 1: new Silent({ dModel: 8, heads: 2, norm: "pre" }) });
    initialize(model, { seed: 1 });
    expect(() => logitLens(model, ids)).toThrow(/logitLens: blocks\.1 did not report its output/);
  });
});
