import * as fc from "fast-check";
import {
  DecoderBlock,
  DecoderModel,
  Embedding,
  encoderDecoder,
  GatedDeltaNet,
  type GenerateOptions,
  generate,
  generateStream,
  gpt,
  type Ids,
  initialize,
  KeyValueCache,
  LatentAttention,
  MultiHeadAttention,
  OutputHead,
  PositionalEncoding,
  PrefixCache,
  quantize,
  type SequenceLayer,
} from "transformer-blocks";
import { readSafetensors, writeSafetensors } from "transformer-blocks/checkpoint";
import { maxDifference } from "transformer-blocks/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { normal } from "../kernels/compare";

const [vocabSize, contextLength, dModel] = [11, 200, 8];
const rotary = (headDim: number) => new PositionalEncoding({ kind: "rotary", headDim });

function modelOf(layer: (index: number) => SequenceLayer): DecoderModel {
  const embedding = new Embedding({ vocabSize, dModel });
  const blocks = [0, 1].map((index) => new DecoderBlock({ dModel, dFeedForward: 12, attention: layer(index) }));
  const head = new OutputHead({ kind: "languageModel", dModel, vocabSize, tied: embedding.weight });
  const model = initialize(new DecoderModel({ vocabSize, contextLength, embedding, blocks, head }), { seed: 1 });
  for (const [path, parameter] of model.parameters()) parameter.assign(normal(5, path, parameter.size));
  return model;
}
const heads = { dModel, heads: 4, keyValueHeads: 2, headDim: 4 };
const alternating = (index: number) =>
  new MultiHeadAttention({ ...heads, position: rotary(4), window: index === 0 ? 5 : undefined });
const latent = { dModel, heads: 2, keyValueRank: 6, headDim: 4, rotaryDim: 2 };
const net = { dModel, keyHeads: 1, valueHeads: 2, keyDim: 4, valueDim: 4, kernelSize: 3 };
const plain = () => modelOf(() => new MultiHeadAttention({ ...heads, position: rotary(4) }));
const recurrent = () => modelOf((index) => (index === 0 ? new GatedDeltaNet(net) : alternating(1)));
const models: Record<string, () => DecoderModel> = {
  "rotary positions": plain,
  "a window": () => modelOf(alternating),
  "latent attention": () => modelOf(() => new LatentAttention({ ...latent, position: rotary(2) })),
  "a recurrent state": recurrent,
};

/** The number of tokens that models have computed since. */
function counting() {
  const spy = vi.spyOn(DecoderModel.prototype, "hidden");
  return () => {
    const count = spy.mock.calls.reduce((sum, [ids]) => sum + ids.flat().length, 0);
    spy.mockClear();
    return count;
  };
}
afterEach(() => void vi.restoreAllMocks());

const text = (length: number, seed = 0) => Array.from({ length }, (_, i) => (i * i + 3 * i + seed) % vocabSize);
const options = { maxNewTokens: 6, temperature: 0, outputScores: true, outputLogits: true } as const;
type Given = GenerateOptions["cache"];
const run = (model: DecoderModel, ids: Ids, cache: Given, more: GenerateOptions = {}) =>
  generate(model, ids, { ...options, ...more, cache });

/** Runs with a cache, and compares with a run that computes everything at each step. */
async function compared(model: DecoderModel, ids: Ids, cache: Given, bound = 1e-5) {
  const found = await run(model, ids, cache);
  const wanted = await run(model, ids, false);
  expect(found.sequences).toEqual(wanted.sequences);
  for (const [row, logits] of found.logits!.entries())
    expect(maxDifference(logits, wanted.logits![row]!)).toBeLessThan(bound);
  return found.sequences;
}

describe.each(Object.entries(models))("the next turn of a chat computes only its new text, with %s", (name, make) => {
  const model = make();

  it("after the whole text so far, and gives what it gives without", async () => {
    const cache = new PrefixCache();
    let ids = text(60);
    for (const added of [7, 1, 20]) {
      const computed = counting();
      const { sequences } = await run(model, [ids], cache);
      const first = cache.held.length > 1 || added === 7;
      computed();
      const next = [...sequences[0]!, ...text(added, 5)];
      await run(model, [next], cache, { maxNewTokens: 1 });
      // The last token of the answer was never read.
      expect(computed()).toBe(added + 1);
      expect(first).toBe(true);
      vi.restoreAllMocks();
      await compared(model, [next], cache);
      ids = [...next, ...text(3, 2)];
    }
  });

  it("after the prompt, if the answer is told in other words", async () => {
    const cache = new PrefixCache();
    const prompt = text(50);
    await run(model, [prompt], cache);
    const next = [...prompt, ...text(9, 4)];
    const known = cache.longest(next);
    // Where tokens cannot be taken back, all but the last token of a prompt is kept by itself.
    expect(known).toBeGreaterThanOrEqual(49);
    const computed = counting();
    await run(model, [next], cache, { maxNewTokens: 1 });
    expect(computed()).toBe(next.length - known);
    vi.restoreAllMocks();
    await compared(model, [next], cache);
  });

  it("and the same prompt again computes one token", async () => {
    const cache = new PrefixCache();
    await run(model, [text(50)], cache);
    const computed = counting();
    await run(model, [text(50)], cache, { maxNewTokens: 1 });
    expect(computed()).toBe(1);
  });

  it("in turns of any kind, with rows of different lengths, and when the texts are saved in between", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            rows: fc.array(
              fc.record({
                keep: fc.nat({ max: 80 }),
                from: fc.nat({ max: 2 }),
                added: fc.integer({ min: 1, max: 12 }),
              }),
              { minLength: 1, maxLength: 3 },
            ),
            saves: fc.boolean(),
            seed: fc.nat({ max: 20 }),
          }),
          { minLength: 2, maxLength: 4 },
        ),
        async (turns) => {
          let cache = new PrefixCache({ texts: 5 });
          let texts: number[][] = [text(40), text(30, 1), text(45, 2)];
          for (const { rows, saves, seed } of turns) {
            const ids = rows.map(({ keep, from, added }) => [...texts[from]!.slice(0, keep), ...text(added, seed)]);
            const sequences = await compared(model, ids, cache);
            texts = [...sequences, ...texts].slice(0, 3);
            if (saves) cache = PrefixCache.load(await cache.save(), model);
          }
        },
      ),
      { numRuns: name === "a recurrent state" ? 6 : 10, seed: 1 },
    );
  });
});

describe("a PrefixCache", () => {
  it("finds the longest of its texts for each row of a batch, and reads together what all of them lack", async () => {
    const model = plain();
    const cache = new PrefixCache();
    await run(model, [text(40), text(30, 1)], cache);
    const ids = [
      [...text(40), 1, 2],
      [...text(30, 1), 3],
      [...text(20), 4],
    ];
    const computed = counting();
    await run(model, ids, cache, { maxNewTokens: 1 });
    // One text ends 2 tokens before its prompt's end, and all are read together from there on.
    expect(computed()).toBeLessThanOrEqual(3 * 2);
    vi.restoreAllMocks();
    await compared(model, ids, cache);
  });

  it("keeps as many texts as it is told, those that were used last, and none that begins another", async () => {
    const model = plain();
    const cache = new PrefixCache({ texts: 2 });
    for (const seed of [0, 1, 2]) await run(model, [text(10, seed)], cache);
    expect(cache.held.map((ids) => ids.slice(0, 10))).toEqual([text(10, 1), text(10, 2)]);
    await run(model, [[...text(10, 1), 4]], cache, { maxNewTokens: 1 });
    expect(cache.held.map(({ length }) => length)).toEqual([15, 11]);
    expect(cache.bytes).toBeGreaterThan(0);
    cache.clear();
    expect([cache.held, cache.bytes, cache.longest(text(10))]).toEqual([[], 0, 0]);
  });

  it("serves generations that run at the same time", async () => {
    const model = plain();
    const cache = new PrefixCache();
    await run(model, [text(20)], cache);
    const prompts = [1, 2, 3].map((seed) => [[...text(20), ...text(5, seed)]]);
    const wanted = await Promise.all(prompts.map((ids) => run(model, ids, false)));
    const found = await Promise.all(prompts.map((ids) => run(model, ids, cache)));
    expect(found.map(({ sequences }) => sequences)).toEqual(wanted.map(({ sequences }) => sequences));
    expect(cache.longest([...wanted[1]!.sequences[0]!, 0])).toBe(30);
  });

  it("keeps what a stream that is left has read, and what one that was aborted has", async () => {
    const model = plain();
    const cache = new PrefixCache();
    for await (const { row } of generateStream(model, [text(20)], { maxNewTokens: 9, temperature: 0, cache }))
      if (row === 0) break;
    expect(cache.longest([...text(20), 1])).toBe(20);
    const controller = new AbortController();
    const long = text(25, 3);
    const aborted = run(model, [long], cache, { signal: controller.signal, onToken: () => controller.abort() });
    await expect(aborted).rejects.toThrow(/abort/i);
    expect(cache.longest([...long, 1])).toBe(25);
    await compared(model, [[...long, 1]], cache);
  });

  it("works with beams, samples, guidance and a penalty as without", async () => {
    const model = plain();
    const cache = new PrefixCache();
    const ids = [[...text(20), 3]];
    await run(model, [text(20)], cache);
    for (const more of [
      { beams: 3, sequences: 2 },
      { temperature: 1, seed: 4, sequences: 3 },
      { guidance: { scale: 1.5, negativePrompt: text(6, 2) } },
      { repetitionPenalty: 1.4 },
    ]) {
      const [found, wanted] = [await run(model, ids, cache, more), await run(model, ids, true, more)];
      expect(found.sequences).toEqual(wanted.sequences);
    }
  });

  it("forgets its texts when the weights change, and serves no other model", async () => {
    const model = plain();
    const cache = new PrefixCache();
    await run(model, [text(20)], cache);
    const { weight } = model.embedding as Embedding;
    weight.assign(weight.data.map((value) => -value));
    await compared(model, [[...text(20), 1]], cache);
    await expect(run(plain(), [text(20)], cache)).rejects.toThrow(/the PrefixCache belongs to another model/);
    await compared(model, [[...text(20), 1]], cache);
  });

  it("is refused by an encoder-decoder, and by a model without caching, at the call", async () => {
    const translator = encoderDecoder(
      { vocabSize, contextLength: 16, dModel, heads: 2, layers: 1, startToken: 0 },
      { seed: 1 },
    );
    const cache = new PrefixCache();
    expect(() => generateStream(translator, [[1]], { cache })).toThrow(
      /PrefixCache has no effect on an encoder-decoder, whose cache depends on its source; pass cache: true/,
    );
  });

  it("of 8 bits is close, and smaller", async () => {
    const model = plain();
    const [cache, other] = [new PrefixCache({ bits: 8 }), new PrefixCache()];
    await run(model, [text(100)], other);
    await run(model, [text(100)], cache);
    expect(cache.bytes).toBeLessThan(0.6 * other.bytes);
    const next = [[...text(100), 1]];
    const [found, wanted] = [await run(model, next, cache), await run(model, next, false)];
    expect(maxDifference(found.logits![0]!, wanted.logits![0]!)).toBeLessThan(0.5);
    const loaded = PrefixCache.load(await cache.save(), model);
    expect([loaded.bits, loaded.held]).toEqual([8, cache.held]);
    expect((await run(model, next, loaded)).logits).toEqual((await run(model, next, cache)).logits);
  });
});

describe("saved prefixes", () => {
  const model = modelOf(alternating);
  const saved = (async () => {
    const cache = new PrefixCache();
    await run(model, [text(80)], cache);
    return { cache, bytes: await cache.save() };
  })();

  it("are a safetensors file that gives the same texts, and is saved again byte for byte", async () => {
    const { cache, bytes } = await saved;
    const loaded = PrefixCache.load(bytes, model);
    expect(loaded.held).toEqual(cache.held);
    expect(await loaded.save()).toEqual(bytes);
    expect(readSafetensors(bytes).metadata.format).toBe("transformer-blocks prefixes 1");
    expect(loaded.bytes).toBeLessThanOrEqual(cache.bytes);
  });

  it("are for no other model, nor for other weights", async () => {
    const { bytes } = await saved;
    const changed = modelOf(alternating);
    expect(PrefixCache.load(bytes, changed).held.length).toBeGreaterThan(0);
    const { weight } = changed.embedding as Embedding;
    weight.assign(weight.data.map((value) => value * 1.01));
    for (const other of [
      plain(),
      changed,
      quantize(gpt({ vocabSize, contextLength, dModel: 32, heads: 2, layers: 1 }, { seed: 1 }), "q8"),
    ])
      expect(() => PrefixCache.load(bytes, other)).toThrow(
        /the bytes are of another model, or its weights have changed/,
      );
  });

  it("that lie are errors that name the field", async () => {
    const { bytes } = await saved;
    const { tensors, metadata } = readSafetensors(bytes);
    const arrays = new Map(
      [...tensors].map(([name, stored]) => [name, { shape: stored.shape, data: stored.toFloat32() }]),
    );
    const texts = JSON.parse(metadata.texts!);
    const changed = (change: (first: Record<string, unknown>) => void) => {
      const copy = structuredClone(texts);
      change(copy[0]);
      return writeSafetensors(arrays, { ...metadata, texts: JSON.stringify(copy) });
    };
    const path = Object.keys(texts[0].parts)[0]!;
    const lies: [Uint8Array, RegExp][] = [
      [writeSafetensors(arrays), /__metadata__\.format: found/],
      [writeSafetensors(arrays, { ...metadata, texts: "[" }), /__metadata__\.texts: found/],
      [writeSafetensors(arrays, { ...metadata, texts: "{}" }), /__metadata__\.texts: found/],
      [writeSafetensors(arrays, { ...metadata, texts: "[3]" }), /texts\[0\]: found/],
      [changed((first) => Object.assign(first, { ids: [] })), /texts\[0\]\.ids: found/],
      [changed((first) => Object.assign(first, { ids: [-1] })), /texts\[0\]\.ids: found/],
      [changed((first) => Object.assign(first, { ids: [1, 2, 3] })), /found the shape|start: found/],
      [changed((first) => Object.assign(first, { capacity: 2 })), /texts\[0\]\.capacity: found 2/],
      [changed((first) => Object.assign(first, { parts: { nowhere: {} } })), /parts\.nowhere: found/],
      [changed((first) => Object.assign(first, { parts: {} })), /parts: found/],
      [changed((first) => Object.assign((first.parts as never)[path], { names: "k" })), /names: found/],
      [changed((first) => Object.assign((first.parts as never)[path], { start: 1e6 })), /start: found/],
      [changed((first) => Object.assign((first.parts as never)[path], { window: 0 })), /window: found/],
      [writeSafetensors(new Map([...arrays].slice(1)), metadata), /found nothing, expected a tensor/],
      [bytes.slice(0, -4), /saved prefixes/],
    ];
    for (const [lie, message] of lies) expect(() => PrefixCache.load(lie, model)).toThrow(message);
    expect(() => PrefixCache.load("x" as never, model)).toThrow(/bytes must be a Uint8Array/);
    expect(() => PrefixCache.load(bytes, {} as never)).toThrow(/model must be a Module/);
  });

  it("with a bit changed anywhere, or cut anywhere, are refused: they would only give other texts later", async () => {
    const cache = new PrefixCache();
    const small = plain();
    await run(small, [text(6)], cache);
    const bytes = await cache.save();
    const header = Number(new DataView(bytes.buffer).getBigUint64(bytes.byteOffset, true)) + 8;
    const stride = Math.ceil(bytes.length / 400);
    // All of the beginning, and places all over the tensors.
    const places = Array.from(bytes.keys()).filter((place) => place < Math.min(header, 400) || place % stride === 0);
    for (const place of places) {
      const changed = bytes.slice();
      changed[place]! ^= 1 << (place % 8);
      const refusal = /^(the saved prefixes: |PrefixCache: the bytes are of another model)/;
      expect(() => PrefixCache.load(changed, small), `bit ${place % 8} of byte ${place}`).toThrow(refusal);
      expect(() => PrefixCache.load(bytes.slice(0, place), small), `${place} bytes`).toThrow(/^the saved prefixes: /);
    }
  });
});

describe("a KeyValueCache of the caller", () => {
  const model = plain();
  const prompts = [text(20), text(20, 1)];

  it("is filled, and goes on with the whole texts of the next call", async () => {
    const cache = new KeyValueCache({ capacity: 60 });
    const { sequences } = await run(model, prompts, cache);
    expect([cache.length, cache.rows]).toEqual([25, 2]);
    const computed = counting();
    await run(
      model,
      sequences.map((row) => [...row, 4]),
      cache.fork(),
      { maxNewTokens: 1 },
    );
    expect(computed()).toBe(2 * 2);
    vi.restoreAllMocks();
    await compared(
      model,
      sequences.map((row) => [...row, 4]),
      cache,
    );
  });

  it("holds what all rows have read when some end earlier, or split", async () => {
    const { sequences } = await run(model, prompts, false);
    const endTokens = [sequences[0]![22]!];
    for (const more of [{ endTokens }, { beams: 2 }, { temperature: 1, seed: 1, sequences: 2 }]) {
      const cache = new KeyValueCache({ capacity: 60 });
      await run(model, prompts, cache, more);
      expect(cache.rows).toBe(2);
      expect(cache.length).toBeGreaterThanOrEqual(20);
      const kept = cache.length;
      cache.truncate(20);
      expect(kept).toBeLessThanOrEqual(25);
      await compared(
        model,
        prompts.map((row) => [...row, 3]),
        cache,
      );
    }
  });

  it("in 8 bits is what the caller makes it", async () => {
    const cache = new KeyValueCache({ capacity: 60, bits: 8 });
    await run(model, prompts, cache);
    expect(cache.bits).toBe(8);
    expect(cache.length).toBe(25);
  });

  const full = async (capacity = 60) => {
    const cache = new KeyValueCache({ capacity });
    await run(model, prompts, cache, { maxNewTokens: 1 });
    return cache;
  };
  it.each([
    ["of another model", [text(21), text(21)], full, /the cache holds values of another model/, plain()],
    ["of another number of rows", [text(30)], full, /the cache holds 2 rows, but 1 prompts are read together/, model],
    [
      "for rows of different lengths",
      [text(30), text(31)],
      full,
      /all prompts must be of one length; use a PrefixCache/,
      model,
    ],
    [
      "that holds more than the prompt",
      prompts,
      full,
      /holds 20 positions, so that the prompt must have more tokens than 20/,
      model,
    ],
    ["without room", [text(21), text(21)], () => full(22), /has room for 22 positions, but 26 are needed/, model],
  ])("%s is an error, and loses nothing", async (_, ids, make, message, other) => {
    const cache = await make();
    const wanted = cache.fork();
    await expect(run(other, ids, cache)).rejects.toThrow(message);
    expect([cache.length, cache.held]).toEqual([20, wanted.held]);
  });

  it("in use by one generation is refused to another, and free again when the first is over", async () => {
    const cache = new KeyValueCache({ capacity: 60 });
    const first = generateStream(model, prompts, { ...options, outputScores: false, outputLogits: false, cache })[
      Symbol.asyncIterator
    ]();
    await first.next();
    await expect(run(model, prompts, cache)).rejects.toThrow(/the cache is in use by another generation/);
    await first.return!();
    cache.truncate(0);
    await compared(model, prompts, cache);
  });
});

describe("long prompts are read in pieces", () => {
  const long = gpt({ vocabSize, contextLength: 2000, dModel, heads: 2, layers: 1, position: "rotary" }, { seed: 1 });
  const sizes = (spy: ReturnType<typeof vi.spyOn>) =>
    spy.mock.calls.map(([ids]: unknown[]) => (ids as number[][])[0]!.length);

  it("with equal results, each small enough", async () => {
    for (const rows of [1, 3]) {
      const ids = Array.from({ length: rows }, (_, seed) => text(1300 - 100 * seed, seed));
      const spy = vi.spyOn(DecoderModel.prototype, "hidden");
      const found = await generate(long, ids, { ...options, maxNewTokens: 2 });
      expect(Math.max(...sizes(spy)) * rows).toBeLessThanOrEqual(512);
      const wanted = await generate(long, ids, { ...options, maxNewTokens: 2, cache: false });
      expect(found.sequences).toEqual(wanted.sequences);
      for (const [row, logits] of found.logits!.entries())
        expect(maxDifference(logits, wanted.logits![row]!)).toBeLessThan(1e-5);
      vi.restoreAllMocks();
    }
  });

  it("between which a signal is heard, and a PrefixCache keeps what was read", async () => {
    const cache = new PrefixCache();
    const controller = new AbortController();
    const spy = vi.spyOn(DecoderModel.prototype, "hidden");
    const forward = vi.spyOn(Embedding.prototype, "forward");
    forward.mockImplementationOnce(function (this: Embedding, ...args) {
      controller.abort();
      return this.forward(...args);
    });
    await expect(generate(long, [text(1900)], { signal: controller.signal, cache })).rejects.toThrow(/abort/i);
    expect(spy.mock.calls.length).toBeLessThanOrEqual(3);
    expect(cache.longest(text(1900))).toBe(512);
  });

  it("but at once where positions depend on the length of the text", async () => {
    const scaling = { kind: "dynamic", factor: 2, contextLength: 600 } as const;
    const embedding = new Embedding({ vocabSize, dModel });
    const position = new PositionalEncoding({ kind: "rotary", headDim: 4, scaling });
    const blocks = [
      new DecoderBlock({ dModel, dFeedForward: 12, attention: new MultiHeadAttention({ ...heads, position }) }),
    ];
    const head = new OutputHead({ kind: "languageModel", dModel, vocabSize, tied: embedding.weight });
    const model = initialize(new DecoderModel({ vocabSize, contextLength: 2000, embedding, blocks, head }), {
      seed: 1,
    });
    const spy = vi.spyOn(DecoderModel.prototype, "hidden");
    const cache = new PrefixCache();
    for (const [length, most] of [
      [580, 512],
      [700, 700],
    ] as const) {
      const ids = [text(length)];
      const found = await run(model, ids, cache, { maxNewTokens: 1 });
      expect(Math.max(...sizes(spy))).toBe(most);
      spy.mockClear();
      const wanted = await run(model, ids, false, { maxNewTokens: 1 });
      spy.mockClear();
      expect(maxDifference(found.logits![0]!, wanted.logits![0]!)).toBeLessThan(1e-5);
    }
  });
});

describe("speculation", () => {
  it.each(Object.entries(models))("leaves nothing of proposals in a cache, with %s", async (_, make) => {
    const model = make();
    // Repeats itself, so that proposals are found, of which some are wrong.
    const ids = [...text(11), ...text(11), ...text(7)];
    for (const more of [{ promptLookup: { tokens: 4 } }, { draft: { model: plain(), tokens: 3 } }]) {
      const wanted = await run(model, [ids], false, { maxNewTokens: 12 });
      const [given, prefix] = [new KeyValueCache({ capacity: 100 }), new PrefixCache()];
      for (const cache of [given, prefix]) {
        const { sequences } = await run(model, [ids], cache, { ...more, maxNewTokens: 12 });
        expect(sequences).toEqual(wanted.sequences);
        for await (const token of generateStream(model, [[...sequences[0]!, 3]], {
          cache: cache instanceof PrefixCache ? cache : cache.fork(),
          ...more,
        }))
          if (token.id >= 0) break;
      }
      const next = [[...wanted.sequences[0]!, 3]];
      expect(given.length).toBeLessThanOrEqual(wanted.sequences[0]!.length);
      await compared(model, next, given);
      await compared(model, next, prefix);
      // The same prompt again, whose proposals are tokens that are known.
      expect((await run(model, [ids], prefix, { ...more, maxNewTokens: 12 })).sequences).toEqual(wanted.sequences);
    }
  });

  it("of hidden states compares all tokens, and refuses a cache of earlier ones", () => {
    expect(() => generateStream(plain(), [[1, 2]], { penaltyAlpha: 0.5, topK: 3, cache: new PrefixCache() })).toThrow(
      /a cache of earlier texts has no effect with penaltyAlpha/,
    );
  });
});
