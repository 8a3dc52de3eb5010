import { describe, expect, it } from "vitest";
import {
  Embedding,
  EncoderBlock,
  initialize,
  KeyValueCache,
  LayerNorm,
  Linear,
  Module,
  OutputHead,
  PositionalEncoding,
  type Sequence,
} from "../../src/blocks";
import { fromPretrained, savePretrained } from "../../src/families";
import { generate } from "../../src/generation";
import {
  bert,
  type Counting,
  DecoderModel,
  EncoderDecoderModel,
  EncoderModel,
  encoderDecoder,
  gpt,
} from "../../src/models";
import { repeat, slice, type Tensor } from "../../src/tensor";
import { maxDifference } from "../../src/testing";
import { memory } from "../families/fixture";
import { partsOf } from "./parts";

const sizes = { vocabSize: 11, contextLength: 12, dModel: 8, heads: 2, layers: 2, initialDeviation: 0.5 };

const untyped = <T>(value: unknown): T => value as T;

describe("a model that is assembled from parts", () => {
  it.each([
    ["DecoderModel", DecoderModel, "gpt"],
    ["EncoderModel", EncoderModel, "bert"],
    ["EncoderDecoderModel", EncoderDecoderModel, "encoderDecoder"],
  ] as const)("refuses the sizes that a factory takes, and names the factory: %s", (name, Class, factory) => {
    const make = () => Reflect.construct(Class, [sizes]);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(new RegExp(`^${name}: it is made of parts.*call ${factory}\\(config\\)`));
  });

  it("has a config of the facts that generation reads, and of nothing else", () => {
    const facts = { vocabSize: 11, contextLength: 12, endTokens: [3], padToken: 0 };
    expect(gpt({ ...sizes, ...facts }).config).toEqual(facts);
    expect(bert({ ...sizes, ...facts }).config).toEqual(facts);
    expect(encoderDecoder({ ...sizes, ...facts, startToken: 2 }).config).toEqual({ ...facts, startToken: 2 });
    expect(Object.keys(gpt(sizes).config)).toEqual(["vocabSize", "contextLength"]);
  });

  it("does not change with the caller's list of blocks", () => {
    const blocks = [...gpt(sizes).blocks];
    const model = new DecoderModel({ ...partsOf(gpt(sizes)), blocks });
    blocks.pop();
    expect(model.blocks).toHaveLength(2);
  });

  it("refuses parts of another kind, tokens outside the vocabulary, and padding that it cannot know", () => {
    const parts = partsOf(gpt(sizes));
    const make = (more: object) => () => new DecoderModel({ ...parts, ...more });
    expect(make({ embedding: "learned" })).toThrow(/^DecoderModel: embedding must be a Module with forward/);
    expect(make({ blocks: [{}] })).toThrow(/^DecoderModel: blocks\[0\] must be a Module/);
    expect(make({ endTokens: [11] })).toThrow("endTokens has token 11, which is outside the vocabulary of 11");
    expect(make({ positions: "unpadded" })).toThrow('positions: "unpadded" needs a padToken');
    const { encoder, decoder } = encoderDecoder(sizes);
    expect(() => new EncoderDecoderModel({ encoder, decoder, startToken: 11 })).toThrow("startToken has token 11");
    expect(() => new EncoderDecoderModel({ encoder: untyped(decoder), decoder })).toThrow("encoder must be an Enc");
  });

  it("runs its parts in their published order", () => {
    const order: string[] = [];
    class Noted extends Module {
      constructor(readonly name: string) {
        super();
      }
      forward(x: Tensor<Sequence>): Tensor<Sequence> {
        order.push(this.name);
        return x;
      }
    }
    const noted = (...names: string[]) => Object.fromEntries(names.map((name) => [name, new Noted(name)]));
    const embedding = new Embedding({ vocabSize: 11, dModel: 8 });
    const common = { vocabSize: 11, contextLength: 12, embedding, blocks: repeat(2, (i) => new Noted(`block ${i}`)) };
    const decoder = new DecoderModel({ ...common, ...noted("position", "embeddingNorm", "norm", "head") });
    initialize(decoder, { seed: 1 }).forward([[1, 2]]);
    const blocks = ["block 0", "block 1", "norm", "head"];
    expect(order.splice(0)).toEqual(["position", "embeddingNorm", ...blocks]);
    const own = noted("position", "embeddingNorm", "projection", "norm", "head");
    initialize(new EncoderModel({ ...common, ...own }), { seed: 1 }).forward([[1, 2]]);
    expect(order).toEqual(["position", "embeddingNorm", "projection", ...blocks]);
  });

  it("without a head gives its hidden states, and cannot generate", async () => {
    const model = initialize(new DecoderModel({ ...partsOf(gpt(sizes)), head: undefined }), { seed: 1 });
    expect(model.forward([[1, 2, 3]]).data).toEqual(model.hidden([[1, 2, 3]]).data);
    await expect(generate(model, [[1]])).rejects.toThrow("the model has no head that scores the next token");
    const head = new OutputHead({ kind: "tokenClass", dModel: 8, labels: 11 });
    const classifier = initialize(new DecoderModel({ ...partsOf(gpt(sizes)), head }), { seed: 1 });
    await expect(generate(classifier, [[1]])).rejects.toThrow("the model has no head that scores the next token");
  });

  it("is encoded without the encoder's head", () => {
    const { encoder, decoder } = encoderDecoder(sizes);
    const head = new OutputHead({ kind: "tokenClass", dModel: 8, labels: 2 });
    const { config, ...parts } = encoder;
    const headed = new EncoderModel({ ...config, ...parts, head });
    const model = initialize(new EncoderDecoderModel({ encoder: headed, decoder }), { seed: 1 });
    expect(model.encode([[1, 2, 3]]).shape).toEqual([1, 3, 8]);
  });
});

describe("positions that a model counts itself", () => {
  const make = (positions: Counting, offset = 0) => {
    const position = new PositionalEncoding({ kind: "learned", dModel: 8, contextLength: 12, offset });
    const parts = { ...partsOf(gpt({ ...sizes, padToken: 0 })), position, positions };
    return initialize(new DecoderModel(parts), { seed: 3 });
  };
  const ids = [[0, 0, 5, 6, 7]];
  const mask = [[0, 0, 1, 1, 1]];
  const last = (x: Tensor) => slice(x, { axis: 1, start: -3 });
  const difference = (model: DecoderModel) =>
    maxDifference(last(model.forward(ids, { mask })), model.forward([[5, 6, 7]]));

  it("leave out what the mask hides, or what is padding, so that padding on the left changes nothing", () => {
    expect(difference(make("unmasked"))).toBeLessThan(1e-5);
    expect(difference(make("unpadded", 1))).toBeLessThan(1e-5);
    expect(difference(make("all"))).toBeGreaterThan(1e-2);
  });

  it.each(["unmasked", "unpadded"] as const)("are those of the pass if it has some: %s", (kind) => {
    const positions = [0, 1, 2, 3, 4];
    const [own, all] = [make(kind, 1), make("all", 1)];
    const pass = { mask, positions };
    expect(last(own.forward(ids, pass)).data).toEqual(last(all.forward(ids, pass)).data);
  });

  it("go on from a cache", () => {
    for (const model of [make("unmasked"), make("unpadded", 1)]) {
      const whole = model.forward(ids, { mask });
      const cache = new KeyValueCache({ capacity: 8 });
      const counted = model.positions === "unmasked";
      const steps = ids[0]!.map((id, i) => {
        // Padding in the cache counts, as in transformers, where a model looks only at the new tokens.
        const positions = counted ? undefined : [[-1, -1, 0, 1, 2][i]!];
        return model.forward([[id]], { cache, mask: [mask[0]!.slice(0, i + 1)], positions });
      });
      steps.slice(2).forEach((step, i) => {
        expect(maxDifference(step, slice(whole, { axis: 1, start: i + 2, end: i + 3 }))).toBeLessThan(1e-5);
      });
    }
  });

  it("count the padding token of an encoder by its own vector, whether the mask hides it or not", () => {
    const position = new PositionalEncoding({ kind: "learned", dModel: 8, contextLength: 8, offset: 2 });
    const model = initialize(
      new EncoderModel({
        ...{ vocabSize: 11, contextLength: 8, padToken: 1, positions: "unpadded", position },
        embedding: new Embedding({ vocabSize: 11, dModel: 8 }),
        blocks: repeat(2, () => new EncoderBlock({ dModel: 8, heads: 2 })),
      }),
      { seed: 2 },
    );
    const counted = model.forward([[5, 1, 6, 1]]).data;
    expect(counted).toEqual(model.forward([[5, 1, 6, 1]], { positions: [[0, -1, 1, -1]] }).data);
  });
});

describe("a model of parts is saved", () => {
  it("with the config of a family that makes the same model", async () => {
    const made = gpt(sizes, { seed: 1 });
    const described = memory();
    await savePretrained({ model: made }, described);
    const { config } = await fromPretrained(described);
    const model = initialize(new DecoderModel(partsOf(gpt(sizes))), { seed: 1 });
    const target = memory();
    await savePretrained({ model, config }, target);
    expect(target.files).toEqual(described.files);
  });

  it("only with a config, if it is neither loaded nor made by a factory", async () => {
    const model = new DecoderModel({ ...partsOf(gpt(sizes)), norm: new LayerNorm({ dModel: 8 }) });
    const save = savePretrained({ model: initialize(model, { seed: 1 }) }, memory());
    await expect(save).rejects.toThrow(RangeError);
    await expect(save).rejects.toThrow(/this model has no config\.json.*Pass \{ model, config \}.*saveParameters/);
  });

  it("but not if a loaded model shares what its config keeps apart", async () => {
    const source = memory();
    await savePretrained({ model: gpt({ ...sizes, tied: false }, { seed: 1 }) }, source);
    const { model } = await fromPretrained(source, { model: DecoderModel });
    model.find("head.projection", Linear).weight.data.set(model.find("embedding", Embedding).weight.data);
    Object.assign(model.find("head.projection"), { weight: model.find("embedding", Embedding).weight });
    await savePretrained({ model }, source);
    expect(JSON.parse(new TextDecoder().decode(source.files.get("config.json"))).tie_word_embeddings).toBe(true);
  });
});
