import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  DecoderBlock,
  EncoderBlock,
  FeedForward,
  initialize,
  LayerNorm,
  Linear,
  MultiHeadAttention,
  type Pass,
  PositionalEncoding,
  type Sequence,
} from "../../src/blocks";
import { fromPretrained, type Model, savePretrained } from "../../src/families";
import {
  bert,
  type DecoderConfig,
  DecoderModel,
  EncoderDecoderModel,
  type EncoderHead,
  EncoderModel,
  encoderDecoder,
  type Gpt,
  gpt,
} from "../../src/models";
import { add, Parameter, type Tensor } from "../../src/tensor";
import { difference, fixtureNames, inMemory, memory } from "./fixture";
import { settingsIn } from "./settings-in";

const sizes = { vocabSize: 12, contextLength: 16, dModel: 8, heads: 2, layers: 2 };

describe.each(fixtureNames)("a model that is no longer what its config says is refused by name: %s", (name) => {
  it("whatever module is of a class of one's own", async () => {
    const { model, config } = await fromPretrained(memory(inMemory(name)));
    for (const [path, module] of model.modules()) {
      const prototype: object = Object.getPrototypeOf(module);
      class Own {}
      Object.setPrototypeOf(Own.prototype, prototype);
      Object.setPrototypeOf(module, Own.prototype);
      for (const what of [{ model, config }, { model }])
        await expect(savePretrained(what, memory()), path).rejects.toThrow(
          `${path === "" ? "the model" : path} is an Own, but the family makes a`,
        );
      Object.setPrototypeOf(module, prototype);
    }
    await savePretrained({ model, config }, memory());
  });

  it("whatever module has a method of its own", async () => {
    const { model, config } = await fromPretrained(memory(inMemory(name)));
    for (const [path, module] of model.modules()) {
      Object.defineProperty(module, "forward", { value: () => 0, configurable: true });
      const place = path === "" ? "forward" : `${path}.forward`;
      await expect(savePretrained({ model, config }, memory()), path).rejects.toThrow(`${place} is a function`);
      Reflect.deleteProperty(module, "forward");
    }
  });
});

/** Attention and feed-forward layer side by side. */
class ParallelBlock extends DecoderBlock {
  override forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    const causal = { ...pass, causal: true };
    return add(
      add(x, this.attention.forward(this.attentionNorm.forward(x), causal)),
      this.feedForward.forward(x, pass),
    );
  }
}

function parallelModel(): DecoderModel {
  const model = gpt(sizes);
  model.blocks.forEach((block, i) => {
    Object.assign(model.blocks, { [i]: Object.setPrototypeOf(block, ParallelBlock.prototype) });
  });
  return initialize(model, { seed: 1 });
}

const llamaSizes: DecoderConfig = {
  ...{ ...sizes, position: "rotary", normalization: "rmsNorm" },
  ...{ gated: true, bias: false, activation: "silu" },
};
const rotaryLlama = () => gpt(llamaSizes, { seed: 1 });

function withAttention(model: Gpt, attention: () => MultiHeadAttention): DecoderModel {
  for (const block of model.blocks) Object.assign(block, { attention: attention() });
  return initialize(model, { seed: 2 });
}

const unlike: Record<string, [make: () => Model, message: string]> = {
  "blocks that compute side by side": [
    parallelModel,
    "blocks.0 is a ParallelBlock, but the family makes a DecoderBlock",
  ],
  "a window": [
    () => withAttention(gpt(sizes), () => new MultiHeadAttention({ dModel: 8, heads: 2, window: 2 })),
    "blocks.0.attention.window is 2, but none in the config",
  ],
  "a cap on scores": [
    () => withAttention(gpt(sizes), () => new MultiHeadAttention({ dModel: 8, heads: 2, softcap: 5 })),
    "blocks.0.attention.softcap is 5, but none in the config",
  ],
  "a rotation of a part of each head": [
    () =>
      withAttention(rotaryLlama(), () => {
        const position = new PositionalEncoding({ kind: "rotary", headDim: 4, dimensions: 2 });
        return new MultiHeadAttention({ dModel: 8, heads: 2, bias: false, position });
      }),
    "blocks.0.attention.position.config.dimensions is 2, but 4 in the config",
  ],
  "a rotation of neighbours": [
    () =>
      withAttention(rotaryLlama(), () => {
        const position = new PositionalEncoding({ kind: "rotary", headDim: 4, interleaved: true });
        return new MultiHeadAttention({ dModel: 8, heads: 2, bias: false, position });
      }),
    "blocks.0.attention.position.config.interleaved is true, but false in the config",
  ],
  "an activation that is a function": [
    () => gpt({ ...sizes, activation: (x: Tensor) => x }, { seed: 1 }),
    "activation must be a name, not a function",
  ],
  "dropout of residual sums in a llama": [() => gpt({ ...llamaSizes, dropout: 0.1 }, { seed: 1 }), "dropout"],
  "heads of another kind in a block": [
    () => {
      const model = gpt(sizes, { seed: 1 });
      Object.assign(model.blocks[1]!, { attention: new Linear({ inFeatures: 8, outFeatures: 8 }) });
      return initialize(model, { seed: 1 });
    },
    "blocks.1.attention",
  ],
  "a parameter that two blocks share": [
    () => {
      const model = gpt(sizes, { seed: 1 });
      Object.assign(model.blocks[1]!, { attentionNorm: model.blocks[0]!.attentionNorm });
      return model;
    },
    "blocks.1.attentionNorm",
  ],
  "a position of its own in each block": [
    () =>
      withAttention(rotaryLlama(), () => {
        const position = new PositionalEncoding({ kind: "rotary", headDim: 4 });
        return new MultiHeadAttention({ dModel: 8, heads: 2, bias: false, position });
      }),
    "blocks.1.attention.position is a PositionalEncoding of its own, but one that other parts share in the config",
  ],
};

describe("a model that no family makes is refused, and nothing is written", () => {
  it.each(Object.keys(unlike))("%s", async (name) => {
    const [make, message] = unlike[name]!;
    const { files, write } = memory();
    const save = savePretrained({ model: make() }, { write });
    await expect(save).rejects.toThrow(RangeError);
    await expect(save).rejects.toThrow(message);
    expect(files.size).toBe(0);
  });
});

it("a module's settings are fields that can be seen, or follow from those", () => {
  const hidden = ["blocks", "models"].flatMap((folder) => {
    const directory = new URL(`../../src/${folder}/`, import.meta.url);
    return readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => {
        const text = readFileSync(new URL(file, directory), "utf8");
        if (!/extends Module|class Residual/.test(text)) return [];
        return [...text.matchAll(/^ {2}(?:readonly )?(#\w+)\s*[?!]?[:=;]/gm)].map(([, field]) => `${file} ${field}`);
      });
  });
  // They follow from the layer that shares the keys, and from `config`, which is compared.
  expect(hidden).toEqual(["attention.ts #lent", "position.ts #rotation", "position.ts #scaled"]);
});

it("NaN and infinity in a parameter are refused by its path", async () => {
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const model = gpt(sizes, { seed: 1 });
    model.find("blocks.1.feedForward.up.weight", Parameter).data[5] = wrong;
    const { files, write } = memory();
    const message = `the parameter blocks.1.feedForward.up.weight holds ${wrong} at 5`;
    await expect(savePretrained({ model }, { write })).rejects.toThrow(message);
    expect(files.size).toBe(0);
  }
});

describe("what a config can say comes back", () => {
  const models: Record<string, () => Model> = {
    "headDim that is not dModel / heads": () => gpt({ ...llamaSizes, headDim: 6 }, { seed: 1 }),
    "biases in attention alone": () => gpt({ ...llamaSizes, bias: true, feedForwardBias: false }, { seed: 1 }),
    "biases in feed-forward layers alone": () =>
      gpt({ ...llamaSizes, bias: false, feedForwardBias: true }, { seed: 1 }),
    "each dropout by itself, gpt2": () =>
      gpt({ ...sizes, dropout: 0.1, attentionDropout: 0.2, embeddingDropout: 0.3 }, { seed: 1 }),
    "each dropout by itself, opt": () =>
      gpt({ ...sizes, bias: false, dropout: 0.1, embeddingDropout: 0, attentionDropout: 0.2 }, { seed: 1 }),
    "dropout of attention, llama": () => gpt({ ...llamaSizes, attentionDropout: 0.2 }, { seed: 1 }),
    "each dropout by itself, bert": () =>
      bert({ ...sizes, dropout: 0.1, attentionDropout: 0.2, head: { kind: "tokenClass", labels: 3, dropout: 0.4 } }),
    "each dropout by itself, marian": () =>
      encoderDecoder({
        ...{ ...sizes, position: "sinusoidalHalves", startToken: 1 },
        ...{ dropout: 0.1, attentionDropout: 0.2, feedForwardDropout: 0.3 },
      }),
    "an epsilon of its own": () => gpt({ ...sizes, epsilon: 0.003 }, { seed: 1 }),
    "unequal heads": () =>
      encoderDecoder({ ...sizes, heads: 2, decoderHeads: 4, position: "sinusoidalHalves", startToken: 1 }),
  };

  it.each(Object.keys(models))("%s", async (name) => {
    const model = initialize(models[name]!(), { seed: 1 });
    const { read, write } = memory();
    await savePretrained({ model }, { write });
    const again = (await fromPretrained({ read })).model;
    // How tokens are counted under padding is the family's, not the factory's: OPT leaves out hidden ones.
    const own = ({ path }: { path: string }) => !path.includes("config.") && path !== "positions";
    const rates = (one: Model) => [...settingsIn(one)].filter(own).map(({ path, value }) => [path, value]);
    expect(rates(again)).toEqual(rates(model));
    const run = (one: Model) =>
      one instanceof EncoderDecoderModel ? one.forward([[1, 2, 3]], [[4, 5]]) : one.forward([[1, 2, 3]]);
    expect(difference(run(again), run(model))).toBe(0);
  });
});

it("only heads that drop something in transformers do so here", () => {
  const rateOf = (head: EncoderHead) => bert({ ...sizes, dropout: 0.3, head }).head?.dropout;
  expect(rateOf({ kind: "sequenceClass", labels: 2 })).toBe(0.3);
  expect(rateOf({ kind: "tokenClass", labels: 2, dropout: 0.4 })).toBe(0.4);
  expect(rateOf({ kind: "questionAnswering" })).toBe(0);
  expect(rateOf({ kind: "maskedLanguageModel" })).toBe(0);
});

it("the fixtures have every class that the first families make", async () => {
  const found = await Promise.all(
    fixtureNames.map(async (name) => (await fromPretrained(memory(inMemory(name)))).model),
  );
  const classes = new Set(found.flatMap((model) => [...model.modules().values()].map((one) => one.constructor)));
  const expected = [
    DecoderModel,
    EncoderModel,
    EncoderDecoderModel,
    DecoderBlock,
    EncoderBlock,
    FeedForward,
    LayerNorm,
  ];
  for (const one of expected) expect(classes).toContain(one);
});
