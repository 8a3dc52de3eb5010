import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import * as here from "transformer-blocks";
import { adamW, train } from "transformer-blocks/training";
import { describe, expect, it } from "vitest";

/** Another copy, as a program has that loads the library both by import and by require. */
async function anotherCopy(): Promise<typeof here> {
  const index = fileURLToPath(new URL("../../src/index.ts", import.meta.url));
  const { outputFiles } = await build({
    ...{ entryPoints: [index], bundle: true, format: "esm", platform: "node", write: false, minify: true },
    // Names as a bundler makes them.
    keepNames: true,
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0]!.text)}`);
}

const there = await anotherCopy();
const sizes = { vocabSize: 8, contextLength: 8, dModel: 4, heads: 2, layers: 1 };
const message = (kind: string) =>
  new RegExp(
    `not an? ${kind} of another copy of transformer-blocks, loaded by both import and require .*; load it one way`,
  );

describe("what another copy of the library made", () => {
  const x = there.tensor([[1, 2]]);
  const linear = there.initialize(new there.Linear({ inFeatures: 2, outFeatures: 2 }), { seed: 1 });

  it("is no instance of this one's classes, and still the message says what it is", async () => {
    expect(x).not.toBeInstanceOf(here.Tensor);
    const model = here.gpt(sizes, { seed: 1 });
    const calls: [string, () => unknown][] = [
      ["Tensor", () => here.add(x, 1)],
      ["Tensor", () => here.softmax(x)],
      ["Tensor", () => here.reshape(x, [2])],
      ["Tensor", () => here.grad([x], () => here.tensor(1))],
      ["Tensor", () => here.grad([here.ones([1])], () => there.sum(x) as here.Tensor)],
      ["Parameter", () => here.grad(linear, () => here.tensor(1))],
      ["Linear", () => here.initialize(linear, { seed: 1 })],
      ["Linear", () => here.countParameters(linear)],
      ["Linear", () => here.saveParameters(linear)],
      ["Linear", () => adamW(linear, { learningRate: 1 })],
      ["DecoderModel", () => here.generate(there.gpt(sizes, { seed: 1 }), [[1]])],
      ["DecoderModel", () => here.savePretrained({ model: there.gpt(sizes, { seed: 1 }) }, "nowhere")],
      ["Tensor", () => model.forward([[1]], { memoryMask: x })],
      ["Tensor", () => model.forward([[1]], { bias: x })],
      [
        "Linear",
        () =>
          train(linear, {
            loss: () => here.tensor(1),
            batches: () => 0,
            steps: 1,
            optimizer: adamW(here.gpt(sizes, { seed: 1 }), { learningRate: 1 }),
          }),
      ],
    ];
    for (const [kind, call] of calls) await expect((async () => call())(), String(call)).rejects.toThrow(message(kind));
  });

  it("is not passed over where a module holds it", () => {
    class Own extends here.Module {
      readonly parts = { layer: linear };
    }
    expect(() => new Own().parameters()).toThrow(
      /^Own: "parts.layer" is a Linear of another copy of transformer-blocks/,
    );
    expect(() => here.initialize(new Own(), { seed: 1 })).toThrow(/of another copy/);
  });

  it("can be carried over by its numbers", () => {
    expect(here.tensor(x).toArray()).toEqual([[1, 2]]);
    const own = here.initialize(new here.Linear({ inFeatures: 2, outFeatures: 2 }), { seed: 2 });
    here.loadParameters(own, there.saveParameters(linear));
    expect(own.forward(here.ones([1, 2])).toArray()).toEqual(linear.forward(there.ones([1, 2])).toArray());
  });
});
