import {
  add,
  attention,
  type Caching,
  DecoderModel,
  type DecoderParts,
  Embedding,
  EncoderDecoderModel,
  type EncoderDecoderParts,
  encoderDecoder,
  generate,
  gpt,
  type Ids,
  initialize,
  KeyValueCache,
  Linear,
  Module,
  multiply,
  ones,
  type Pass,
  reshape,
  type Sequence,
  type Tensor,
  tensor,
} from "transformer-blocks";
import { describe, expect, it } from "vitest";
import { modelsOf, partsOf } from "../models/parts";

const config = { vocabSize: 11, contextLength: 12, dModel: 8, heads: 2, layers: 2, initialDeviation: 0.6 };
const prompt = [[1, 2, 3]];

/** Single-headed causal attention that a user might write; what it does with a cache is up to subclasses. */
class PlainAttention extends Module {
  readonly projection = new Linear({ inFeatures: 8, outFeatures: 8 });

  forward(x: Tensor<Sequence>, _pass: Pass = {}): Tensor<Sequence> {
    const [batch, seq, dModel] = x.shape;
    const heads = reshape(this.projection.forward(x), [batch, seq, 1, dModel]);
    return reshape(attention(heads, heads, heads, { mask: "causal" }), [batch, seq, dModel]);
  }
}

/** The same, keeping up with a cache. */
class CachedAttention extends PlainAttention {
  override get caching(): Caching {
    return "keeps";
  }

  override forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    if (!pass.cache) return super.forward(x, pass);
    const [batch, seq, dModel] = x.shape;
    const heads = reshape(this.projection.forward(x), [batch, seq, 1, dModel]);
    const { k, v, keys } = pass.cache.append(this, heads, heads);
    return reshape(attention(heads, k, v, { mask: "causal", keys }), [batch, seq, dModel]);
  }
}

/** Says that it keeps up, and does not. */
class ForgetfulAttention extends PlainAttention {
  override get caching(): Caching {
    return "keeps";
  }
}

function withAttention(make: () => Module, base: new (parts: DecoderParts) => DecoderModel = DecoderModel) {
  const model = new base(partsOf(gpt(config)));
  for (const block of model.blocks) Object.assign(block, { attention: make() });
  return initialize(model, { seed: 3 });
}

const tokens = async (model: Parameters<typeof generate>[0], cache?: boolean) =>
  (await generate(model, prompt, { maxNewTokens: 8, cache })).sequences;

describe("a block that cannot keep up with a cache", () => {
  const model = withAttention(() => new PlainAttention());

  it("is run without one by generate", async () => {
    expect(await tokens(model)).toEqual(await tokens(model, false));
  });

  it("is refused by its path and class when a cache is asked for", async () => {
    const refusal = /"blocks\.0\.attention", a PlainAttention.*"caching"/;
    await expect(tokens(model, true)).rejects.toThrow(refusal);
    const cache = new KeyValueCache({ capacity: 4 });
    expect(() => model.forward(prompt, { cache })).toThrow(TypeError);
    expect(() => model.forward(prompt, { cache })).toThrow(refusal);
    expect(cache.length).toBe(0);
  });

  it("may be a subclass that changes forward of a block that can", async () => {
    class Doubled extends CachedAttention {
      override forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
        return multiply(super.forward(x, { ...pass, cache: undefined }), 2);
      }
    }
    const doubled = withAttention(() => new Doubled());
    expect(await tokens(doubled)).toEqual(await tokens(doubled, false));
    await expect(tokens(doubled, true)).rejects.toThrow(/a Doubled/);
  });

  it("may be the model itself, whose subclass changes forward or hidden", async () => {
    class Reversed extends DecoderModel {
      override hidden(ids: Ids, pass: Pass = {}): Tensor<Sequence> {
        return super.hidden(
          ids.map((row) => [...row].reverse()),
          { ...pass, cache: undefined },
        );
      }
    }
    const reversed = initialize(new Reversed(partsOf(gpt(config))), { seed: 3 });
    expect(await tokens(reversed)).toEqual(await tokens(reversed, false));
    class Negated extends DecoderModel {
      override forward(ids: Ids, pass: Pass = {}): Tensor<readonly [number, number, number]> {
        return multiply(super.forward(ids, pass), -1);
      }
    }
    const [negated, plain] = [Negated, DecoderModel].map((Class) =>
      initialize(new Class(partsOf(gpt(config))), { seed: 3 }),
    );
    expect(await tokens(negated!)).toEqual(await tokens(negated!, false));
    expect(await tokens(negated!)).not.toEqual(await tokens(plain!));
  });
});

describe("a subclass of an encoder-decoder is run by the methods that it overrides", () => {
  const favoured = (scores: Tensor<Sequence>) =>
    add(scores, tensor([0, 0, 0, 0, 0, 0, 0, 99, 0, 0, 0])) as Tensor<Sequence>;
  class OwnDecode extends EncoderDecoderModel {
    override decode(ids: Ids, memory: Tensor<Sequence>, pass: Pass = {}) {
      return favoured(super.decode(ids, memory, pass));
    }
  }
  class OwnEncode extends EncoderDecoderModel {
    override encode(ids: Ids, pass: Pass = {}) {
      return multiply(super.encode(ids, pass), 0);
    }
  }
  const sizes = { ...config, startToken: 1, norm: "pre", embeddingScale: 1 } as const;
  const texts = async (Class: new (parts: EncoderDecoderParts) => EncoderDecoderModel, source: number[]) =>
    (await generate(initialize(new Class(modelsOf(encoderDecoder(sizes))), { seed: 1 }), [source], { maxNewTokens: 5 }))
      .sequences[0];

  it("decode", async () => expect(await texts(OwnDecode, [1, 2])).toEqual([1, 7, 7, 7, 7, 7]));

  it("encode", async () => {
    const [one, other] = [await texts(OwnEncode, [1, 2]), await texts(OwnEncode, [3, 4])];
    expect(one).toEqual(other);
    expect(await texts(EncoderDecoderModel, [1, 2])).not.toEqual(await texts(EncoderDecoderModel, [3, 4]));
  });
});

describe("a block that declares that it keeps up with a cache", () => {
  it("is run with one, to the same tokens", async () => {
    const model = withAttention(() => new CachedAttention());
    expect(await tokens(model, true)).toEqual(await tokens(model, false));
  });

  it("and writes nothing is named", async () => {
    const model = withAttention(() => new ForgetfulAttention());
    await expect(tokens(model)).rejects.toThrow(/"blocks\.0\.attention", a ForgetfulAttention.*append/);
    expect(() => model.forward(prompt, { cache: new KeyValueCache({ capacity: 4 }) })).toThrow(/ForgetfulAttention/);
  });

  it("and runs twice in a pass is named", async () => {
    const shared = new CachedAttention();
    const model = withAttention(() => shared);
    await expect(tokens(model)).rejects.toThrow(/a CachedAttention runs twice in one pass/);
    expect(await tokens(model, false)).toEqual(await tokens(model, false));
  });

  it("is refused keys and values of wrong shapes", () => {
    const cache = new KeyValueCache({ capacity: 4 });
    const head = ones([1, 2, 1, 4]);
    expect(() => cache.append(new PlainAttention(), head, reshape(head, [1, 1, 2, 4]))).toThrow(
      /k .* and v .* must both start with the same/,
    );
  });
});

/** Counts pairs of tokens: the smallest language model. */
class Bigrams extends Module {
  readonly vocabSize = 11;
  readonly contextLength = 12;
  readonly table = new Embedding({ vocabSize: 11, dModel: 11 });

  forward(ids: Ids): Tensor<Sequence> {
    return this.table.forward(ids);
  }
}

/** A model of the caller's own around a decoder of ours, with its sizes in a config. */
class Wrapped extends Module {
  readonly config = { vocabSize: 11, contextLength: 12, endTokens: [] as number[] };
  readonly inner = gpt(config);
  readonly bias = new Embedding({ vocabSize: 11, dModel: 11 });

  override get caching(): Caching {
    return "perPosition";
  }

  forward(ids: Ids, pass: Pass = {}): Tensor {
    return add(this.inner.forward(ids, pass), this.bias.forward(ids));
  }
}

/** Reads a source by its sum, and adds it to every position of the target. */
class Copier extends Module {
  readonly config = { vocabSize: 11, contextLength: 12, startToken: 1 };
  readonly source = new Embedding({ vocabSize: 11, dModel: 8 });
  readonly target = gpt({ ...config, crossAttention: true });

  encode(ids: Ids): Tensor<Sequence> {
    return this.source.forward(ids);
  }

  decode(ids: Ids, memory: Tensor<Sequence>, pass: Pass = {}): Tensor {
    return this.target.forward(ids, { ...pass, memory });
  }
}

/** The best next token again and again, by the whole text each time. */
function greedy(logits: (ids: number[]) => Tensor, start: number[], steps: number): number[] {
  const ids = [...start];
  for (let step = 0; step < steps; step++) {
    const row = [...logits(ids).data.subarray(-11)];
    ids.push(row.indexOf(Math.max(...row)));
  }
  return ids;
}

describe("generate works with any module that has forward(ids, pass) and says its sizes", () => {
  it("in fields of its own", async () => {
    const model = initialize(new Bigrams(), { seed: 5 });
    expect(await tokens(model)).toEqual([greedy((ids) => model.forward([ids]), prompt[0]!, 8)]);
  });

  it("in its config, with a cache where it declares that it keeps up", async () => {
    const model = initialize(new Wrapped(), { seed: 5 });
    const expected = [greedy((ids) => model.forward([ids]), prompt[0]!, 8)];
    expect(await tokens(model)).toEqual(expected);
    expect(await tokens(model, true)).toEqual(expected);
  });

  it("partly in fields and partly in its config, of which fields win", async () => {
    class Both extends Bigrams {
      readonly config = { dModel: 11, vocabSize: 3, endTokens: undefined };
    }
    const model = initialize(new Both(), { seed: 5 });
    expect(await tokens(model)).toEqual([greedy((ids) => model.forward([ids]), prompt[0]!, 8)]);
  });

  it("which are numbers and ids", async () => {
    const wrong = { endTokens: [5, new Set([1]), ["a"], [-1]], startToken: ["x", -1], vocabSize: ["11", 0] };
    for (const [name, values] of Object.entries(wrong))
      for (const value of values) {
        const model = Object.assign(initialize(new Bigrams(), { seed: 5 }), { [name]: value });
        await expect(tokens(model), `${name} ${value}`).rejects.toThrow(new RegExp(`generate: model\\.${name}`));
      }
  });

  it("and whose answer is a tensor", async () => {
    const logits = ones([1, 3, 11]);
    const answers: unknown[] = [undefined, 3, [[1]], Promise.resolve(logits), { logits }];
    for (const answer of answers) {
      const model = Object.assign(new Bigrams(), { forward: () => answer as Tensor<Sequence> });
      await expect(tokens(model)).rejects.toThrow(/the output of the model must be logits.*\[1, 3, 11\], not/);
    }
  });

  it("or encode and decode", async () => {
    const model = initialize(new Copier(), { seed: 5 });
    const memory = model.encode(prompt);
    expect(await tokens(model)).toEqual([greedy((ids) => model.decode([ids], memory), [1], 8)]);
  });

  it("with forward where it has only one of them", async () => {
    for (const name of ["encode", "decode"]) {
      const model = Object.assign(initialize(new Bigrams(), { seed: 5 }), { [name]: () => "another thing" });
      expect(await tokens(model)).toEqual([greedy((ids) => model.forward([ids]), prompt[0]!, 8)]);
    }
  });

  it("and refuses one that lacks a part, by name", async () => {
    class NoSizes extends Module {
      forward(ids: Ids): Tensor {
        return new Embedding({ vocabSize: 2, dModel: 2 }).forward(ids);
      }
    }
    class NoForward extends Module {
      readonly vocabSize = 11;
      readonly contextLength = 12;
    }
    class WrongShape extends Bigrams {
      override forward(ids: Ids): Tensor<Sequence> {
        return super.forward([[...ids[0]!, 1]]);
      }
    }
    const run = (model: unknown) => Reflect.apply(generate, undefined, [model, prompt]) as Promise<unknown>;
    await expect(run(new NoSizes())).rejects.toThrow(/does not declare its vocabSize/);
    await expect(run(new NoForward())).rejects.toThrow(/no forward\(ids, pass\)/);
    await expect(run(initialize(new WrongShape(), { seed: 1 }))).rejects.toThrow(/\[1, 3, 11\], not \[1, 4, 11\]/);
    for (const wrong of [undefined, null, {}, "gpt", { forward: () => 1, vocabSize: 2, contextLength: 3 }])
      await expect(run(wrong)).rejects.toThrow(/generate: model must be a Module, not /);
  });

  it("and names one that forgets to advance the cache", async () => {
    class Stuck extends Wrapped {
      override get caching(): Caching {
        return "perPosition";
      }
      override forward(ids: Ids): Tensor {
        return this.bias.forward(ids);
      }
    }
    await expect(tokens(initialize(new Stuck(), { seed: 1 }))).rejects.toThrow(/advance\(seq\)/);
  });
});

describe("modules and parameters", () => {
  it("are found in Maps and Sets, by key and by place", () => {
    class Held extends Module {
      readonly experts = new Map<string | number, Module>([
        ["first", new Linear({ inFeatures: 1, outFeatures: 1, bias: false })],
        [2, new Linear({ inFeatures: 1, outFeatures: 1, bias: false })],
      ]);
      readonly rest = new Set([new Linear({ inFeatures: 1, outFeatures: 1, bias: false })]);
    }
    const held = initialize(new Held(), { seed: 1 });
    const paths = ["experts.first.weight", "experts.2.weight", "rest.0.weight"];
    expect([...held.parameters().keys()]).toEqual(paths);
    for (const path of paths) expect(held.find(path)).toBe(held.parameters().get(path));
  });

  it("under keys that no path can hold, or two at one path, are refused", () => {
    class Odd extends Module {
      readonly byObject = new Map([[{}, new Linear({ inFeatures: 1, outFeatures: 1 })]]);
    }
    class Twice extends Module {
      readonly a = { "b.weight": new Linear({ inFeatures: 1, outFeatures: 1 }).weight };
      readonly "a.b" = new Linear({ inFeatures: 1, outFeatures: 1 });
    }
    class Deep extends Module {
      readonly bySymbol = new Map([[Symbol("key"), { list: [new Linear({ inFeatures: 1, outFeatures: 1 })] }]]);
    }
    class Key extends Module {
      readonly counts = new Map([[new Linear({ inFeatures: 1, outFeatures: 1 }), 1]]);
    }
    const layer = Symbol("layer");
    class Field extends Module {
      readonly [layer] = new Linear({ inFeatures: 1, outFeatures: 1 });
    }
    for (const Class of [Odd, Deep, Key, Field])
      expect(() => new Class().parameters(), Class.name).toThrow(/needs a string or a number as its key/);
    expect(() => new Twice().parameters()).toThrow(/two parameters have the path "a\.b\.weight"/);
  });

  it("in private fields are said to be out of reach, not uninitialized alone", () => {
    class Hidden extends Module {
      readonly #layer = new Linear({ inFeatures: 1, outFeatures: 1 });
      forward(x: Tensor): Tensor {
        return this.#layer.forward(x);
      }
    }
    const hidden = initialize(new Hidden(), { seed: 1 });
    expect(() => hidden.forward(ones([1]))).toThrow(/modules and parameters must be public fields/);
  });
});

describe("what is no module is refused with what was probably meant", () => {
  const model = gpt(config, { seed: 1 });
  const forward = (ids: Ids) => model.forward(ids);

  it.each<[unknown, RegExp]>([
    [
      { model, tokenizer: {} },
      /generate: model must be a Module, not an object; pass its model, as in pretrained\.model/,
    ],
    [{ forward, vocabSize: 11, contextLength: 12 }, /not an object; let its class extend Module/],
    [forward, /not a function; pass an instance of a class that extends Module/],
    [DecoderModel, /not a function; pass an instance of a class that extends Module/],
    [{ [Symbol.for("transformer-blocks.remote")]: {} }, /a model in a worker runs tasks, such as complete and stream/],
    [{}, /generate: model must be a Module, not an object$/],
    [null, /generate: model must be a Module, not null$/],
  ])("%#", async (wrong, message) => {
    await expect(generate(wrong as never, prompt)).rejects.toThrow(message);
  });
});
