import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GenerateOptions, generate, generateStream } from "../../src/generation";
import { encoderDecoder, gpt } from "../../src/models";

const config = { vocabSize: 11, contextLength: 24, dModel: 8, heads: 2, layers: 2, initialDeviation: 0.6 };
const model = gpt(config, { seed: 3 });
const prompts = [
  [1, 2, 3],
  [7, 7, 0],
];

const text = async (options: GenerateOptions, ids = prompts) => (await generate(model, ids, options)).sequences;

const tinyModels = fc
  .record({
    position: fc.constantFrom("learned", "rotary", "sinusoidal"),
    norm: fc.constantFrom("pre", "post"),
    keyValueHeads: fc.constantFrom(1, 2),
    seed: fc.integer({ min: 0, max: 1000 }),
  })
  .map(({ seed, ...parts }) => gpt({ ...config, ...parts } as typeof config, { seed }));

const rows = fc.integer({ min: 1, max: 5 }).chain((length) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 10 }), { minLength: length, maxLength: length }), {
    minLength: 1,
    maxLength: 3,
  }),
);

/** Rows of one length whose first tokens are padding, fewer than all. */
const padded = rows.chain((ids) =>
  fc
    .array(fc.integer({ min: 0, max: ids[0]!.length - 1 }), { minLength: ids.length, maxLength: ids.length })
    .map((padding) => ({
      ids,
      padding,
      mask: ids.map((row, index) => row.map((_, column) => (column < padding[index]! ? 0 : 1))),
    })),
);

const sampling = { temperature: 1.3, topP: 0.95, seed: 5, maxNewTokens: 6 };

describe("greedy text is what sampling gives", () => {
  const greedy = text({});
  it("near temperature 0", async () => expect(await text({ temperature: 1e-6, seed: 4 })).toEqual(await greedy));
  it("from the best token alone", async () =>
    expect(await text({ temperature: 1, topK: 1, seed: 4 })).toEqual(await greedy));
  it("from a tiny share", async () =>
    expect(await text({ temperature: 1, topP: 1e-6, seed: 4 })).toEqual(await greedy));
});

describe("the seed", () => {
  it("decides the text", async () => expect(await text(sampling)).toEqual(await text(sampling)));
  it("changes the text", async () => expect(await text(sampling)).not.toEqual(await text({ ...sampling, seed: 6 })));
  it("is 0 if omitted", async () => {
    const { seed, ...rest } = sampling;
    expect(await text(rest)).toEqual(await text({ ...rest, seed: 0 }));
  });
  it("gives equal prompts different texts", async () => {
    const [first, second] = await text({ ...sampling, maxNewTokens: 12 }, [prompts[0]!, prompts[0]!]);
    expect(first).not.toEqual(second);
  });
});

describe("rows of a batch", () => {
  it("are what they are alone, whatever the padding", async () => {
    await fc.assert(
      fc.asyncProperty(tinyModels, padded, async (tiny, { ids, padding, mask }) => {
        const { sequences } = await generate(tiny, ids, { mask, maxNewTokens: 5 });
        for (const [index, row] of ids.entries()) {
          const alone = await generate(tiny, [row.slice(padding[index])], { maxNewTokens: 5 });
          expect(sequences[index]!.slice(padding[index])).toEqual(alone.sequences[0]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("draw random numbers of their own", async () => {
    const [, second] = await text(sampling);
    const [, besideAnother] = await text(sampling, [[4, 5, 6], prompts[1]!]);
    expect(besideAnother).toEqual(second);
  });

  it("end each at its own end token, which stays", async () => {
    const many = [...prompts, [4, 5, 6], [9, 0, 8]];
    const free = await text({ ...sampling, maxNewTokens: 12 }, many);
    const ended = await text({ ...sampling, maxNewTokens: 12, endTokens: [2, 5] }, many);
    free.forEach((row, index) => {
      const end = row.findIndex((id, i) => i >= 3 && (id === 2 || id === 5));
      expect(ended[index]).toEqual(end < 0 ? row : row.slice(0, end + 1));
    });
    expect(new Set(ended.map((row) => row.length)).size).toBeGreaterThan(1);
  });
});

describe("the cache", () => {
  it("changes no token and no score", async () => {
    await fc.assert(
      fc.asyncProperty(tinyModels, padded, fc.boolean(), async (tiny, { ids, mask }, sampled) => {
        const options = { mask, maxNewTokens: 5, outputScores: true, temperature: sampled ? 1 : 0 };
        const kept = await generate(tiny, ids, options);
        const full = await generate(tiny, ids, { ...options, cache: false });
        expect(kept.sequences).toEqual(full.sequences);
        kept.scores!.forEach((scores, index) => {
          for (const [i, score] of scores.data.entries())
            expect(Math.abs(score - full.scores![index]!.data[i]!)).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 40 },
    );
  });

  it("changes no token of an encoder-decoder", async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 0, max: 99 }), async (ids, seed) => {
        const translator = encoderDecoder({ ...config, startToken: 1 }, { seed });
        const options = { maxNewTokens: 6, temperature: 1 };
        const { sequences } = await generate(translator, ids, options);
        expect(sequences).toEqual((await generate(translator, ids, { ...options, cache: false })).sequences);
      }),
      { numRuns: 20 },
    );
  });
});

describe("tokens as they come", () => {
  it("are those of generate, step by step", async () => {
    const { sequences } = await generate(model, prompts, sampling);
    const streamed = prompts.map((row) => [...row]);
    const order: number[] = [];
    for await (const { row, id } of generateStream(model, prompts, sampling)) {
      streamed[row]!.push(id);
      order.push(row);
    }
    expect(streamed).toEqual(sequences);
    expect(order).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
  });

  it("are not those of a prompt that changes after the call", async () => {
    const { sequences } = await generate(model, prompts, sampling);
    const changing = prompts.map((row) => [...row]);
    const streamed = generateStream(model, changing, sampling);
    changing[0]!.splice(0, 3, 9, 10, 6);
    expect((await generate(model, changing, sampling)).sequences[0]!.slice(3)).not.toEqual(sequences[0]!.slice(3));
    const ids: number[] = [];
    for await (const { row, id } of streamed) if (row === 0) ids.push(id);
    expect(ids).toEqual(sequences[0]!.slice(3));
  });

  it("are those that onToken receives", async () => {
    const told = prompts.map((row) => [...row]);
    const { sequences } = await generate(model, prompts, {
      ...sampling,
      onToken: ({ row, id }) => told[row]!.push(id),
    });
    expect(told).toEqual(sequences);
  });
});

describe("scores", () => {
  it("are the model's own if no option changes them", async () => {
    const { sequences, scores } = await generate(model, [prompts[0]!], { outputScores: true, maxNewTokens: 4 });
    expect(scores![0]!.shape).toEqual([4, 11]);
    const logits = model.forward([sequences[0]!.slice(0, -1)]);
    for (const [i, score] of scores![0]!.data.entries())
      expect(Math.abs(score - logits.data[2 * 11 + i]!)).toBeLessThan(1e-5);
  });
  it("are given only if asked for", async () => expect(await generate(model, prompts)).not.toHaveProperty("scores"));
});

describe("the number of new tokens", () => {
  it("is 20 if omitted", async () => expect((await text({ endTokens: [] }))[0]).toHaveLength(23));
  it("is at most what the context has room for", async () => {
    const long = Array.from({ length: 20 }, (_, i) => i % 11);
    expect((await text({}, [long]))[0]).toHaveLength(24);
  });
  it("may be 0", async () => expect(await text({ maxNewTokens: 0 })).toEqual(prompts));
  it("may fill the context", async () => expect((await text({ maxNewTokens: 21 }))[0]).toHaveLength(24));
});
