import * as library from "transformer-blocks";
import {
  add,
  type Caching,
  concatenate,
  DecoderBlock,
  DecoderModel,
  EncoderBlock,
  generate,
  gpt,
  type Ids,
  initialize,
  KeyValueCache,
  Linear,
  Module,
  MultiHeadAttention,
  multiply,
  ones,
  type Pass,
  reshape,
  rotary,
  type Sequence,
  slice,
  type Tensor,
  zeros,
} from "transformer-blocks";
import { describe, expect, it } from "vitest";
import { partsOf } from "../models/parts";

const heads = { dModel: 8, heads: 2 };
const sizes = { ...heads, norm: "pre" } as const;
const config = { ...sizes, vocabSize: 11, contextLength: 16, layers: 2, initialDeviation: 0.6 };
const prompts = {
  ids: [
    [1, 2, 3],
    [0, 4, 5],
  ],
  mask: [
    [1, 1, 1],
    [0, 1, 1],
  ],
};

const tokens = async (model: DecoderModel, cache?: boolean) =>
  (await generate(model, prompts.ids, { maxNewTokens: 8, mask: prompts.mask, cache })).sequences;

/** A model of two blocks, changed before it gets its values. */
function changed(change: (block: DecoderBlock, index: number) => void): DecoderModel {
  const model = gpt(config);
  model.blocks.forEach(change);
  return initialize(model, { seed: 3 });
}

const withAttention = (make: () => Module) => changed((block) => void Object.assign(block, { attention: make() }));

const uncached = (pass: Pass): Pass => ({ ...pass, cache: undefined });

/** Each changes what a module computes in a way that knows of no cache, as plain JavaScript has many. */
const strangers: Record<string, { make: () => DecoderModel; at: RegExp }> = {
  "a field that holds a function, of a subclass": {
    at: /"blocks\.0\.attention", an Arrow/,
    make: () => {
      class Arrow extends MultiHeadAttention {
        override forward = (x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> =>
          MultiHeadAttention.prototype.forward.call(this, x, uncached(pass));
      }
      return withAttention(() => new Arrow(heads));
    },
  },
  "a method that was replaced on one module": {
    at: /"blocks\.0\.attention", a MultiHeadAttention/,
    make: () =>
      changed(({ attention }) => {
        const inner = attention.forward.bind(attention);
        attention.forward = (x, pass = {}) => multiply(inner(x, uncached(pass)), 2);
      }),
  },
  "a method that was replaced on the model": {
    at: /the model itself, a DecoderModel/,
    make: () => {
      const model = changed(() => {});
      const inner = model.forward.bind(model);
      model.forward = (ids, pass) => multiply(inner(ids, pass), -1);
      return model;
    },
  },
  "a field that holds a function, of a model": {
    at: /the model itself, a Reversed/,
    make: () => {
      class Reversed extends DecoderModel {
        override hidden = (ids: Ids, pass: Pass = {}): Tensor<Sequence> =>
          DecoderModel.prototype.hidden.call(
            this,
            ids.map((row) => row.toReversed()),
            pass,
          );
      }
      return initialize(new Reversed(partsOf(gpt(config))), { seed: 3 });
    },
  },
  "a part that is no Module": {
    at: /"blocks\.0\.attention\.position", an object/,
    make: () => {
      const position = { forward: (x: Tensor) => rotary(x as Tensor<readonly [number, number, number, number]>) };
      return withAttention(() => Object.assign(new MultiHeadAttention(heads), { position }));
    },
  },
  "a layer that looks one place back": {
    at: /"blocks\.0\.feedForward", a Shift/,
    make: () => changed((block) => void Object.assign(block, { feedForward: new Shift() })),
  },
};

/** x and what stood before it, as a convolution has it. */
class Shift extends Module {
  readonly here = new Linear({ inFeatures: 8, outFeatures: 8 });
  readonly before = new Linear({ inFeatures: 8, outFeatures: 8 });

  forward(x: Tensor<Sequence>, _pass: Pass = {}): Tensor<Sequence> {
    const [batch, seq, dModel] = x.shape;
    const start: Tensor = zeros([batch, 1, dModel]);
    const shifted: Tensor = seq > 1 ? concatenate([start, slice(x, { axis: 1, end: seq - 1 })], { axis: 1 }) : start;
    return add(this.here.forward(x) as Tensor, this.before.forward(shifted)) as Tensor<Sequence>;
  }
}

class CachedShift extends Shift {
  override get caching(): Caching {
    return "keeps";
  }

  override forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    if (!pass.cache) return super.forward(x);
    const [batch, seq, dModel] = x.shape;
    const own = reshape(x, [batch, seq, 1, dModel]);
    const { k, keys } = pass.cache.append(this, own, own);
    const all = reshape(slice(k, { axis: 1, end: keys }), [batch, keys, dModel]) as Tensor<Sequence>;
    return slice(super.forward(all), { axis: 1, start: keys - seq }) as Tensor<Sequence>;
  }
}

describe("what changes a module and knows of no cache runs without one", () => {
  it.each(Object.entries(strangers))("%s", async (_, { make, at }) => {
    const model = make();
    expect(await tokens(model)).toEqual(await tokens(model, false));
    expect(await tokens(model)).not.toEqual(
      await tokens(
        changed(() => {}),
        false,
      ),
    );
    await expect(tokens(model, true)).rejects.toThrow(TypeError);
    await expect(tokens(model, true)).rejects.toThrow(at);
  });

  it("but a class may declare caching beside methods that are fields", async () => {
    class Own extends MultiHeadAttention {
      override get caching(): Caching {
        return "keeps";
      }
      override forward = (x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> =>
        multiply(MultiHeadAttention.prototype.forward.call(this, x, pass), 2);
    }
    const model = withAttention(() => new Own(heads));
    expect(await tokens(model, true)).toEqual(await tokens(model, false));
  });

  it("and getters of a class are not called on the class", async () => {
    class Counted extends MultiHeadAttention {
      readonly #count = 2;
      get count(): number {
        return this.#count;
      }
    }
    class Again extends Counted {
      override get count(): number {
        return super.count + 1;
      }
    }
    const model = withAttention(() => new Again(heads));
    expect(await tokens(model, true)).toEqual(await tokens(model, false));
  });
});

describe("what declares that it keeps up with a cache is held to it", () => {
  it("and may keep whatever it likes, such as the inputs of a convolution", async () => {
    const model = changed((block) => void Object.assign(block, { feedForward: new CachedShift() }));
    expect(await tokens(model, true)).toEqual(await tokens(model, false));
  });

  it.each([true, false, null, 1, "keep", "perposition"])("and is refused if its caching is %s", async (value) => {
    class Odd extends Shift {
      override get caching(): Caching {
        return value as Caching;
      }
    }
    const model = changed((block) => void Object.assign(block, { feedForward: new Odd() }));
    await expect(tokens(model)).rejects.toThrow(TypeError);
    await expect(tokens(model)).rejects.toThrow(
      /"blocks\.0\.feedForward", an Odd: caching must be "perPosition" or "keeps"/,
    );
  });

  it("and is named where its scores are others than without", async () => {
    class Mixing extends Shift {
      override get caching(): Caching {
        return "perPosition";
      }
    }
    class Writing extends Shift {
      override get caching(): Caching {
        return "keeps";
      }
      override forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
        const own = reshape(x, [x.shape[0], x.shape[1], 1, 8]);
        pass.cache?.append(this, own, own);
        return super.forward(x);
      }
    }
    for (const Class of [Mixing, Writing]) {
      const model = changed((block, i) => void (i === 1 && Object.assign(block, { feedForward: new Class() })));
      const named = new RegExp(
        `different scores with a cache than without.*"blocks\\.1\\.feedForward", a ${Class.name}`,
      );
      await expect(tokens(model)).rejects.toThrow(named);
      expect((await tokens(model, false))[0]).toHaveLength(11);
    }
  });

  it("but not the library's own classes, which run once a token", async () => {
    const declaring = Object.values(library).filter(
      (value): value is typeof Module =>
        typeof value === "function" && value.prototype instanceof Module && Object.hasOwn(value.prototype, "caching"),
    );
    expect(declaring.length).toBeGreaterThan(8);
    const untested = declaring.filter((Class) => !Object.hasOwn(Class, "isCachingTested"));
    expect(
      untested.map(({ name }) => name),
      "add: static readonly isCachingTested = true; the compiler then asks for a model with it in test/blocks/every-block.ts",
    ).toEqual([]);
    const model = gpt(config, { seed: 1 });
    expect(await tokens(model, true)).toEqual(await tokens(model, false));
  });
});

describe("a cache that is used by itself", () => {
  const x = ones([1, 2, 8]);

  it("is refused by a block with a part that cannot keep up, and by an encoder block", () => {
    const cache = new KeyValueCache({ capacity: 4 });
    const block = initialize(new DecoderBlock({ dModel: 8, attention: new Shift() }), { seed: 1 });
    expect(() => block.forward(x, { cache })).toThrow(/"attention", a Shift.*"caching"/);
    const encoder = initialize(new EncoderBlock(sizes), { seed: 1 });
    expect(() => encoder.forward(x, { cache })).toThrow(/pass\.cache has no effect here/);
  });

  it("stays as it is when it is given what does not fit", () => {
    const model = gpt(config, { seed: 1 });
    const cache = new KeyValueCache({ capacity: 8 });
    model.forward([[1, 2]], { cache });
    const call = (name: "advance" | "begin" | "append" | "remember", ...given: unknown[]) =>
      Reflect.apply(cache[name], cache, given);
    for (const count of [-1, 1.5, Number.NaN, "2", undefined])
      expect(() => call("advance", count), String(count)).toThrow(/KeyValueCache: count must be a whole number/);
    for (const wrong of [undefined, {}]) {
      expect(() => call("begin", wrong)).toThrow(/KeyValueCache: module must be a Module/);
      expect(() => call("append", wrong, x, x)).toThrow(/KeyValueCache: module must be a Module/);
    }
    expect(() => call("remember", model, undefined, () => {})).toThrow(/KeyValueCache: source must be a Tensor/);
    const [{ attention }] = model.blocks as [DecoderBlock];
    const other = ones([1, 1, 1, 4]);
    expect(() => call("append", attention, other, other)).toThrow(
      /the cache of a MultiHeadAttention holds.*k \[1, 1, 1, 4\].*do not fit/,
    );
    expect(cache.length).toBe(2);
    const [next] = model.forward([[3]], { cache }).toArray() as number[][][];
    const whole = model.forward([[1, 2, 3]]).toArray() as number[][][];
    next![0]!.forEach((score, id) => void expect(score).toBeCloseTo(whole[0]![2]![id]!, 5));
  });

  it("is not shared by two models, one after the other or side by side", async () => {
    class Pair extends Module {
      readonly config = { vocabSize: 11, contextLength: 16 };
      readonly models = [gpt(config, { seed: 1 }), gpt(config, { seed: 2 })];

      forward(ids: Ids, pass: Pass = {}): Tensor {
        return this.models.map((model) => model.forward(ids, pass) as Tensor).reduce((a, b) => add(a, b) as Tensor);
      }
    }
    class Sharing extends Pair {
      override get caching(): Caching {
        return "perPosition";
      }
    }
    const run = (model: Pair) => generate(model, [[1, 2]], { maxNewTokens: 4 });
    expect((await run(new Pair())).sequences[0]).toHaveLength(6);
    await expect(run(new Sharing())).rejects.toThrow(
      /values of another model, not of this MultiHeadAttention.*one cache per model/,
    );
  });
});
