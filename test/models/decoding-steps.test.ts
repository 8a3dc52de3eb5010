import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AppendOptions,
  DecoderBlock,
  Embedding,
  FeedForward,
  initialize,
  KeyValueCache,
  type Linear,
  type Module,
  type MultiHeadAttention,
  type NormConfig,
  OutputHead,
  type Pass,
  PositionalEncoding,
  RMSNorm,
} from "../../src/blocks";
import { quantize } from "../../src/blocks/quantize";
import { type Kernels, strictKernels, withKernels } from "../../src/kernels";
import { DecoderModel, gpt } from "../../src/models";
import { type HeadShape, multiply, sum, type Tensor, valueAndGradients } from "../../src/tensor";
import { adamW } from "../../src/training";
import { forAll, seeds } from "../kernels/compare";

const sizes = { vocabSize: 32, contextLength: 64, dModel: 64, heads: 4, layers: 2, dFeedForward: 96 };

const configs = fc.record({
  norm: fc.constantFrom("pre", "post", "sandwich", "output", "input" as const),
  normalization: fc.constantFrom("layerNorm", "rmsNorm" as const),
  activation: fc.constantFrom("relu", "gelu", "geluTanh", "silu" as const),
  gated: fc.boolean(),
  isTurned: fc.boolean(),
  offset: fc.constantFrom(0, 1 as const),
  keyValueHeads: fc.constantFrom(1, 2, 4),
  bias: fc.boolean(),
  window: fc.constantFrom(undefined, 4),
  softcap: fc.constantFrom(undefined, 2),
});
/** Keys and values of a long text are kept where attention reads them in place. Behind 32 positions the cache grows. */
const lengths = fc.constantFrom(3, 31, 33);
/** A model of blocks that normalize anywhere, which `gpt` does not offer. */
function modelOf({ isTurned, offset, ...config }: ReturnType<typeof configs.generate>["value"], seed: number) {
  const { vocabSize, contextLength, dModel, heads, layers, dFeedForward } = sizes;
  const position = isTurned ? new PositionalEncoding({ kind: "rotary", headDim: 16 }) : undefined;
  const normalization =
    config.normalization === "rmsNorm" ? (norm: NormConfig) => new RMSNorm({ ...norm, offset }) : config.normalization;
  const embedding = new Embedding({ vocabSize, dModel });
  const parts = {
    ...{ vocabSize, contextLength, embedding },
    blocks: Array.from(
      { length: layers },
      () => new DecoderBlock({ dModel, heads, dFeedForward, position, ...config, normalization }),
    ),
    head: new OutputHead({ kind: "languageModel", dModel, vocabSize, tied: embedding.weight }),
  };
  return initialize(new DecoderModel(parts), { seed });
}

const weights = fc.constantFrom(undefined, "q8" as const, "q4" as const);

/** Somebody who wants to see no inner value: each operation then runs alone. */
const alone: Pass = { tap: { sees: () => false, take: (_, __, value) => value } };

const text = (length: number): number[][] => [Array.from({ length }, (_, place) => (7 * place + 1) % 32)];

/** The scores of tokens one by one, behind a text. */
function scores(model: DecoderModel, pass: Pass, between: (place: number) => void = () => {}, length = 33): Tensor[] {
  const cache = new KeyValueCache({ capacity: 64 });
  model.forward(text(length), { cache });
  return [4, 5, 6, 7].map((id, place) => {
    between(place);
    return model.forward([[id]], { ...pass, cache });
  });
}

const strictly = <Result>(f: () => Result): Result => withKernels(strictKernels(), f);

describe("a decoding step whose inner values nobody sees", () => {
  it("gives to the bit what its operations give one by one, for every kind of block and of weights", () => {
    strictly(() =>
      forAll([seeds, configs, weights, lengths], (seed, config, format, length) => {
        const model = modelOf(config, seed);
        if (format) quantize(model, format);
        const none = () => {};
        expect(scores(model, {}, none, length)).toEqual(scores(model, alone, none, length));
      }),
    );
  });

  it.each([
    [4, 1, 3],
    [6, 2, 33],
    [65, 5, 34],
    [129, 1, 131],
    [200, 8, 35],
  ])("works for %i numbers, %i heads and a layer of %i", (dModel, heads, dFeedForward) => {
    strictly(() => {
      const model = gpt({ ...sizes, dModel, heads, dFeedForward }, { seed: 1 });
      expect(scores(model, {})).toEqual(scores(model, alone));
    });
  });

  it.each([
    ["scale", 3],
    ["softcap", 0.1],
    ["window", 2],
  ])("follows a %s that JavaScript changes between tokens", (name, value) => {
    strictly(() => {
      const found = [{}, alone].map((pass) => {
        const model = gpt({ ...sizes, initialDeviation: 0.3 }, { seed: 1 });
        return scores(model, pass, (place) => {
          if (place === 2) Object.assign(model.blocks[0]!.attention, { [name]: value });
        });
      });
      expect(found[0]).toEqual(found[1]);
    });
  });

  it("hides what a mask hides, and counts positions as told", () => {
    const model = gpt({ ...sizes, norm: "pre", position: "rotary" }, { seed: 3 });
    const step = (pass: Pass, hidden: number): Tensor => {
      const cache = new KeyValueCache({ capacity: 64 });
      model.forward(text(33), { cache });
      const mask = [Array.from({ length: 34 }, (_, place) => (place < hidden ? 0 : 1))];
      return model.forward([[4]], { ...pass, cache, mask, positions: [[33 - hidden]] });
    };
    strictly(() => {
      expect(step({}, 5)).toEqual(step(alone, 5));
      expect(step({}, 5)).not.toEqual(step({}, 0));
    });
  });

  it("makes one call for all layers", () => {
    const calls: string[] = [];
    const strict = strictKernels();
    const counting: Kernels<Float32Array> = {
      ...strict,
      run(primitive, ...args) {
        calls.push(primitive.name);
        return strict.run(primitive, ...args);
      },
      multiplyRow(x, factors) {
        calls.push("multiplyRow");
        return strict.multiplyRow(x, factors);
      },
      attention(...args) {
        calls.push("attention");
        return strict.attention(...args);
      },
    };
    withKernels(counting, () => {
      const model = gpt({ ...sizes, norm: "pre", position: "rotary" }, { seed: 1 });
      const cache = new KeyValueCache({ capacity: 64 });
      model.forward(text(33), { cache });
      calls.length = 0;
      model.forward([[4]], { cache });
      expect(calls).toEqual(["runRow"]);
    });
  });

  const parameter = (model: DecoderModel, path: string) => model.parameters().get(path)!;
  const block = (model: DecoderModel, place = 0) =>
    model.blocks[place] as unknown as { attention: MultiHeadAttention; feedForward: FeedForward };
  it.each<[string, (model: DecoderModel) => void]>([
    [
      "gets other values",
      (model) => parameter(model, "blocks.0.feedForward.up.weight").assign(new Float32Array(64 * 96)),
    ],
    ["is quantized", (model) => quantize(model, "q8")],
    [
      "is trained further",
      (model) => {
        const { gradients } = valueAndGradients(model, () => sum(model.forward([[1, 2, 3]])));
        adamW(model, { learningRate: 0.01 }).step(gradients);
      },
    ],
    [
      "gets another layer",
      (model) => {
        const other = new FeedForward({ dModel: 64, dFeedForward: 32, activation: "silu" });
        Reflect.set(block(model), "feedForward", initialize(other, { seed: 2 }));
      },
    ],
    [
      "has a layer with a forward of its own",
      (model) => {
        const { down } = block(model, 1).feedForward;
        const before = down.forward;
        down.forward = ((x: Tensor) => multiply(before.call(down, x) as Tensor, 2)) as Linear["forward"];
      },
    ],
    ["gets another position", (model) => Reflect.set(block(model).attention, "position", undefined)],
  ])("sees that the model %s between two tokens", (_, change) => {
    strictly(() => {
      const made = () => gpt({ ...sizes, norm: "pre", position: "rotary" }, { seed: 3 });
      const [one, other] = [made(), made()];
      const found = scores(one, {}, (place) => place === 2 && change(one));
      expect(found).toEqual(scores(other, alone, (place) => place === 2 && change(other)));
      expect(found).not.toEqual(scores(made(), {}));
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e25])(
    "gives what its operations give for a weight of %s",
    (wrong) => {
      strictly(() => {
        for (const format of [undefined, "q8", "q4"] as const) {
          const model = gpt({ ...sizes, norm: "pre" }, { seed: 3 });
          if (format) quantize(model, format);
          const bias = parameter(model, "blocks.0.feedForward.up.bias");
          bias.assign(bias.data.map((value, i) => (i === 7 ? wrong : value)));
          expect(scores(model, {})).toEqual(scores(model, alone));
        }
      });
    },
  );

  it("gives what its operations give for scores that need more than float32", () => {
    strictly(() => {
      const model = gpt({ ...sizes, norm: "pre" }, { seed: 3 });
      for (const name of ["query", "key"] as const) {
        const weight = parameter(model, `blocks.1.attention.${name}.weight`);
        weight.assign(weight.data.map((value) => 1000 * value));
      }
      expect(scores(model, {})).toEqual(scores(model, alone));
    });
  });

  it("gives tensors that later steps leave as they are", () => {
    const model = gpt({ ...sizes, norm: "pre" }, { seed: 3 });
    const cache = new KeyValueCache({ capacity: 64 });
    model.forward(text(33), { cache });
    const first = model.hidden([[4]], { cache });
    const numbers = first.data.slice();
    model.hidden([[5]], { cache });
    expect(first.data).toEqual(numbers);
  });

  it("appends to a cache by its own append, if it has one", () => {
    const appended: number[] = [];
    const model = gpt({ ...sizes, norm: "pre" }, { seed: 3 });
    const [own, plain] = [new KeyValueCache({ capacity: 64 }), new KeyValueCache({ capacity: 64 })];
    const usual = own.append.bind(own);
    const append = (module: Module, k: Tensor<HeadShape>, v: Tensor<HeadShape>, options?: AppendOptions) => {
      appended.push(k.shape[1]);
      return usual(module, k, v, options);
    };
    Object.assign(own, { append });
    for (const ids of [text(33), [[4]], [[5]]])
      expect(model.forward(ids, { cache: own })).toEqual(model.forward(ids, { cache: plain }));
    expect(appended).toEqual([33, 33, 1, 1, 1, 1]);
  });

  it("refuses parts that do not fit as the operations do", () => {
    const model = gpt({ ...sizes, norm: "pre" }, { seed: 3 });
    Reflect.set(block(model), "feedForward", initialize(new FeedForward({ dModel: 32 }), { seed: 2 }));
    expect(() => scores(model, {})).toThrow(/linear: x \[.*64\] does not end in 32/);
  });
});
