import { crossEntropy, type DecoderModel, gpt, Linear, Module, ones, sum, valueAndGradients } from "transformer-blocks";
import { kernels, referenceKernels, useKernels } from "transformer-blocks/kernels";
import { adamW, train } from "transformer-blocks/training";
import { afterEach, describe, expect, it } from "vitest";

const make = () => gpt({ vocabSize: 12, contextLength: 8, dModel: 8, heads: 2, layers: 3 }, { seed: 1 });
const ids = [[1, 2, 3, 4]];
const loss = (model: DecoderModel) => crossEntropy(model.forward(ids), [[2, 3, 4, 5]]);
const values = (model: Module) => new Map([...model.parameters()].map(([path, { data }]) => [path, [...data]]));

/** Which parameters a step of training moves. */
async function moved(freeze: string[], weightDecay = 0.5): Promise<string[]> {
  const model = make();
  const before = values(model);
  await train(model, {
    loss: () => loss(model),
    batches: (index) => index,
    steps: 2,
    optimizer: adamW(model, { learningRate: 0.1, weightDecay, freeze }),
  });
  return [...values(model)].filter(([path, now]) => now.join() !== before.get(path)!.join()).map(([path]) => path);
}

const paths = [...make().parameters().keys()];

describe("freeze: parameters whose paths fit a pattern stay as they are, decay included", () => {
  it.each<[string[], (path: string) => boolean]>([
    [["embedding.*"], (path) => /^embedding\.[^.]+$/.test(path)],
    [["blocks.0.**"], (path) => path.startsWith("blocks.0.")],
    [
      ["embedding.weight", "blocks.*.attention.**"],
      (path) => path === "embedding.weight" || /^blocks\.\d\.attention\./.test(path),
    ],
    [["**.bias"], (path) => path.endsWith(".bias")],
    [["blocks.**.weight"], (path) => /^blocks\..*\.weight$/.test(path)],
    [["**.attention.**"], (path) => path.includes(".attention.")],
  ])("%s", async (freeze, frozen) => {
    expect(paths.some(frozen)).toBe(true);
    expect(await moved(freeze)).toEqual(paths.filter((path) => !frozen(path)));
  });

  it("nothing without it", async () => {
    expect(await moved([])).toEqual(paths);
  });

  it("keeps no state for them, and takes gradients of everything as well", () => {
    const model = make();
    const optimizer = adamW(model, { learningRate: 0.1, freeze: ["blocks.**"] });
    const before = values(model);
    optimizer.step(valueAndGradients(model, () => loss(model)).gradients);
    const names = [...optimizer.state().keys()].filter((name) => name.includes("blocks."));
    expect(names).toEqual([]);
    for (const [path, now] of values(model))
      if (path.startsWith("blocks.")) expect(now, path).toEqual(before.get(path));
      else expect(now, path).not.toEqual(before.get(path));
  });
});

describe("what is frozen costs no product in the backward pass", () => {
  const usual = kernels();
  afterEach(() => useKernels(usual));

  function products(freeze: string[]): number {
    let count = 0;
    useKernels({
      ...referenceKernels,
      matmul: (...args) => {
        count++;
        return referenceKernels.matmul(...args);
      },
    });
    const model = make();
    const optimizer = adamW(model, { learningRate: 0.1, freeze });
    const forward = () => loss(model);
    forward();
    const each = count;
    count = 0;
    valueAndGradients(optimizer, forward);
    return count - each;
  }

  it("neither for weights nor for what lies below all that is trained", () => {
    const all = products([]);
    const weights = paths.filter(
      (path) => path.startsWith("blocks.2.") && path.endsWith(".weight") && !path.includes("orm"),
    );
    expect(weights).toHaveLength(6);
    expect(products(["blocks.2.**"])).toBe(all - weights.length);
    // Of the top layer alone: one product for what flows through, and none below.
    expect(products(["embedding.**", "position.**", "blocks.**"])).toBe(1);
  });
});

describe("freeze refuses", () => {
  const freeze =
    (...patterns: unknown[]) =>
    () =>
      adamW(make(), { learningRate: 0.1, freeze: patterns as string[] });

  it.each([
    [freeze("embeding.weight"), /no parameter matches "embeding\.weight"; the closest are embedding\.weight/],
    [freeze("blocks.0"), /"blocks\.0\.\*\*" freezes all parameters in it/],
    [freeze("blocks.0*.**"), /no parameter matches "blocks\.0\*\.\*\*"/],
    [freeze("blocks.3.**"), /no parameter/],
    [freeze(""), /no parameter/],
    [freeze("**"), /freeze leaves no parameter to train/],
  ])("a pattern of no use: %s", (make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  it("what is no array of patterns", () => {
    expect(freeze(5)).toThrow(/freeze\[0\] must be a string, not 5/);
    const text = () => adamW(make(), { learningRate: 0.1, freeze: "blocks.**" as unknown as string[] });
    expect(text).toThrow(/freeze must be an array of path patterns, not "blocks\.\*\*"/);
  });

  it("a model that lists no parameters", () => {
    class Hidden extends Module {
      readonly #inner = new Linear({ inFeatures: 2, outFeatures: 1 });
      forward() {
        return sum(this.#inner.forward(ones([1, 2])));
      }
    }
    expect(() => adamW(new Hidden(), { learningRate: 0.1 })).toThrow(/the model has no parameters/);
  });
});
