import { initialize, Linear, type Tensor, tensor } from "transformer-blocks";
import { readSafetensors, writeSafetensors } from "transformer-blocks/checkpoint";
import { type AdamW, adamW, clipGradients, type StoredTensors } from "transformer-blocks/training";
import { describe, expect, it } from "vitest";

const make = () => initialize(new Linear({ inFeatures: 2, outFeatures: 1 }), { seed: 1 });
const gradients = (scale = 1) =>
  new Map<string, Tensor>([
    ["weight", tensor([3 * scale, -scale], [1, 2])],
    ["bias", tensor([0.5 * scale])],
  ]);

function stepped(model = make()): { model: Linear; optimizer: AdamW } {
  const optimizer = adamW(model, { learningRate: 0.1 });
  optimizer.step(gradients());
  return { model, optimizer };
}

const numbers = (tensors: Iterable<readonly [string, Tensor]>) =>
  [...tensors].map(([name, { data }]) => [name, ...data]);
const everything = ({ model, optimizer }: ReturnType<typeof stepped>) =>
  numbers([...model.parameters(), ...optimizer.state()]);

describe("an optimizer shares no array with anyone", () => {
  it("a state that was taken stays as it was when the optimizer steps on", () => {
    const { optimizer } = stepped();
    const state = optimizer.state();
    const before = numbers(state);
    optimizer.step(gradients(2));
    expect(numbers(state)).toEqual(before);
    expect(numbers(optimizer.state())).not.toEqual(before);
  });

  it("writing into a state that was taken changes no optimizer", () => {
    const run = stepped();
    const before = everything(run);
    for (const [, { data }] of run.optimizer.state()) data.fill(7);
    expect(everything(run)).toEqual(before);
  });

  const forms: Record<string, (state: Map<string, Tensor>) => StoredTensors> = {
    "in memory": (state) => state,
    "from a file": (state) => readSafetensors(writeSafetensors(state)).tensors,
  };

  it.each(Object.entries(forms))(
    "a state %s that was loaded is not changed by steps, nor do two optimizers share it",
    (_, form) => {
      const state = form(stepped().optimizer.state());
      const read = () =>
        [...state].map(([name, stored]) => [name, ...("toFloat32" in stored ? stored.toFloat32() : stored.data)]);
      const before = read();
      const [a, b] = [stepped(), stepped()];
      a.optimizer.load(state);
      b.optimizer.load(state);
      a.optimizer.step(gradients(5));
      expect(read()).toEqual(before);
      b.optimizer.step(gradients(5));
      expect(everything(b)).toEqual(everything(a));
    },
  );

  it("writing into a state after it was loaded changes no optimizer", () => {
    const run = stepped();
    const state = run.optimizer.state();
    run.optimizer.load(state);
    const before = everything(run);
    for (const { data } of state.values()) data.fill(7);
    expect(everything(run)).toEqual(before);
  });

  it("gradients are read and not written, clipped or stepped with", () => {
    const given = gradients();
    const before = numbers(given);
    const { gradients: clipped } = clipGradients(given, { maxNorm: 0.1 });
    const held = numbers(clipped);
    const { optimizer } = stepped();
    optimizer.step(clipped);
    optimizer.step(given);
    expect(numbers(given)).toEqual(before);
    expect(numbers(clipped)).toEqual(held);
  });

  it("options that are changed after the optimizer was made change nothing", () => {
    const betas: [number, number] = [0.9, 0.99];
    const freeze = ["bias"];
    const [model, other] = [make(), make()];
    const optimizer = adamW(model, { learningRate: 0.1, betas, freeze });
    betas[0] = 0.1;
    freeze.push("weight");
    optimizer.step(gradients());
    optimizer.step(gradients(2));
    const same = adamW(other, { learningRate: 0.1, betas: [0.9, 0.99], freeze: ["bias"] });
    same.step(gradients());
    same.step(gradients(2));
    expect(everything({ model, optimizer })).toEqual(everything({ model: other, optimizer: same }));
  });
});

describe("an optimizer's calls change everything or nothing", () => {
  const bad = (path: string, gradient: Tensor) => new Map([...gradients(), [path, gradient]]);
  const state = () => stepped().optimizer.state();
  const changes: Record<string, (optimizer: AdamW, model: Linear) => void> = {
    "a gradient that is NaN, the last one": (optimizer) => optimizer.step(bad("bias", tensor([Number.NaN]))),
    "a gradient of another shape": (optimizer) => optimizer.step(bad("bias", tensor([1, 2]))),
    "a gradient of nothing": (optimizer) => optimizer.step(bad("other", tensor([1]))),
    "a gradient too few": (optimizer) => optimizer.step([...gradients()].slice(0, 1)),
    "gradients that fail halfway": (optimizer) =>
      optimizer.step(
        (function* () {
          yield ["weight", tensor([1, 1], [1, 2])] as const;
          throw new RangeError("lost");
        })(),
      ),
    "a learning rate out of range": (optimizer) => optimizer.step(gradients(), { learningRate: Number.NaN }),
    "a decision about decay that fails for the last parameter": (_, model) =>
      adamW(model, {
        learningRate: 1,
        decays: (path) => {
          if (path === "bias") throw new RangeError("undecided");
          return true;
        },
      }).step(gradients()),
    "a state without the last moment": (optimizer) => optimizer.load(new Map([...state()].slice(0, -1))),
    "a state with a moment of another shape": (optimizer) =>
      optimizer.load(new Map<string, Tensor>([...state(), ["second.bias", tensor([1, 2])]])),
    "a state whose last moment is infinite": (optimizer) =>
      optimizer.load(new Map<string, Tensor>([...state(), ["second.bias", tensor([Number.POSITIVE_INFINITY])]])),
    "a state with half a step": (optimizer) =>
      optimizer.load(new Map<string, Tensor>([...state(), ["steps", tensor(1.5, [])]])),
    "a state with more steps of a parameter than there were": (optimizer) =>
      optimizer.load(new Map<string, Tensor>([...state(), ["steps.bias", tensor(2, [])]])),
    "a state with something else": (optimizer) =>
      optimizer.load(new Map<string, Tensor>([...state(), ["x", tensor([1])]])),
    "a state whose values cannot be read": (optimizer) =>
      optimizer.load(
        new Map<string, Tensor | { shape: number[]; toFloat32: () => Float32Array }>([
          ...state(),
          [
            "second.bias",
            {
              shape: [1],
              toFloat32: () => {
                throw new RangeError("the file is gone");
              },
            },
          ],
        ]),
      ),
  };

  it.each(Object.entries(changes))("%s", (_, change) => {
    const run = stepped();
    const before = everything(run);
    expect(() => change(run.optimizer, run.model)).toThrow(RangeError);
    expect(everything(run)).toEqual(before);
    // The next step is that of an optimizer that never failed.
    run.optimizer.step(gradients(3));
    const other = stepped();
    other.optimizer.step(gradients(3));
    expect(everything(run)).toEqual(everything(other));
  });
});
