import { describe, expect, it } from "vitest";
import { Module, type Pass } from "../../src/blocks";
import { type GenerateOptions, generate, generateStream } from "../../src/generation";
import { encoderDecoder, gpt } from "../../src/models";
import { keepGenerationSettings } from "../../src/models/internal";
import type { Ids, Tensor } from "../../src/tensor";

const config = { vocabSize: 9, contextLength: 8, dModel: 8, heads: 2, layers: 1 };
const model = gpt(config, { seed: 1 });

const larger = gpt({ ...config, vocabSize: 11 }, { seed: 1 });
const translator = encoderDecoder({ ...config, startToken: 0 }, { seed: 1 });
const draft = { model, tokens: 3 };

type ErrorClass = typeof TypeError | typeof RangeError;

const refused: [GenerateOptions, ErrorClass, RegExp][] = [
  [{ beams: 0 }, RangeError, /beams must be a whole number of 1 or more and up to 1000, not 0/],
  [{ lengthPenalty: 2 }, RangeError, /lengthPenalty has no effect without beams/],
  [{ beams: 1, earlyStopping: true }, RangeError, /earlyStopping has no effect without beams/],
  [{ beams: 4, beamGroups: 3, diversityPenalty: 1 }, RangeError, /beams 4 cannot be divided into beamGroups 3/],
  [{ beams: 2, beamGroups: 4, diversityPenalty: 1 }, RangeError, /beams 2 cannot be divided into beamGroups 4/],
  [{ beamGroups: 2, diversityPenalty: 1 }, RangeError, /beamGroups has no effect without beams/],
  [{ beams: 4, beamGroups: 2 }, TypeError, /diversityPenalty is missing/],
  [{ beams: 4, diversityPenalty: 1 }, RangeError, /diversityPenalty has no effect without beamGroups/],
  [
    { beams: 4, beamGroups: 2, diversityPenalty: 1, seed: 1 },
    RangeError,
    /beamGroups cannot be combined with sampling/,
  ],
  [{ beams: 2, sequences: 3 }, RangeError, /sequences 3 is more than beams 2/],
  [{ sequences: 2 }, RangeError, /sequences 2 would all be the same/],
  [{ beams: 2, penaltyAlpha: 0.6, topK: 4 }, RangeError, /penaltyAlpha and beams are different searches/],
  [{ beams: 2, draft }, RangeError, /draft and beams are different searches/],
  [{ beams: 2, promptLookup: { tokens: 3 } }, RangeError, /promptLookup and beams are different searches/],
  [{ draft, promptLookup: { tokens: 3 } }, RangeError, /draft and promptLookup are different searches/],
  [{ penaltyAlpha: 0.6, topK: 4, draft }, RangeError, /penaltyAlpha and draft are different searches/],
  [{ penaltyAlpha: 0.6 }, TypeError, /topK is missing; penaltyAlpha chooses among the topK/],
  [{ penaltyAlpha: 1.5, topK: 4 }, RangeError, /penaltyAlpha must be a finite number of 0 or more and up to 1/],
  [{ penaltyAlpha: 0.6, topK: 4, seed: 1 }, RangeError, /penaltyAlpha cannot be combined with sampling/],
  [{ penaltyAlpha: 0.6, topK: 4, topP: 0.9 }, RangeError, /penaltyAlpha cannot be combined with sampling/],
  [{ penaltyAlpha: 0.6, topK: 4, guidance: { scale: 2 } }, RangeError, /guidance cannot be combined with penaltyAlpha/],
  [{ draft, guidance: { scale: 2 } }, RangeError, /guidance cannot be combined with draft/],
  [{ draft: { model, tokens: 0 } }, RangeError, /draft: tokens must be a whole number of 1 or more, not 0/],
  [{ promptLookup: { tokens: 2, maxNgram: 0 } }, RangeError, /promptLookup: maxNgram must be .* not 0/],
  [
    { draft: { model: larger, tokens: 2 } },
    RangeError,
    /draft.model has a vocabulary of 11 tokens and the model one of 9/,
  ],
  [{ draft: { model: translator, tokens: 2 } }, TypeError, /must both be decoders, or both encoder-decoders/],
  [{ beams: 2, onToken: () => {} }, TypeError, /onToken cannot be used with beams/],
];

describe("options of a search that contradict each other are refused by name", () => {
  it.each(refused.map(([options, ...rest]) => [Object.keys(options).join(", "), options, ...rest] as const))(
    "%s",
    async (_, options, Wrong, message) => {
      const rejection = expect(generate(model, [[1, 2]], { maxNewTokens: 2, ...options })).rejects;
      await rejection.toThrow(Wrong);
      await expect(generate(model, [[1, 2]], { maxNewTokens: 2, ...options })).rejects.toThrow(message);
    },
  );
});

describe("a draft model that is no model, or one whose hidden states cannot be read, is refused", () => {
  it.each([
    [undefined, /draft: model is missing/],
    [{}, /draft: model must be a Module, not an object/],
  ])("%o", async (wrong, message) => {
    const options = { draft: { model: wrong, tokens: 2 } } as unknown;
    await expect(generate(model, [[1]], options as GenerateOptions)).rejects.toThrow(message);
  });

  it("contrastive search with a forward of one's own", async () => {
    class Own extends Module {
      readonly config = config;
      readonly inner = model;
      forward(ids: Ids, pass?: Pass): Tensor {
        return this.inner.forward(ids, pass);
      }
    }
    await expect(generate(new Own(), [[1]], { penaltyAlpha: 0.5, topK: 2 })).rejects.toThrow(
      /compares hidden states, which this model does not give/,
    );
  });
});

it("penaltyAlpha 0 takes the best token, as greedy search does", async () => {
  const plain = await generate(model, [[1, 2], [3]], { maxNewTokens: 5 });
  expect(await generate(model, [[1, 2], [3]], { maxNewTokens: 5, penaltyAlpha: 0, topK: 3, temperature: 0 })).toEqual(
    plain,
  );
});

it("beams cannot be streamed, and the message says why", () => {
  expect(() => generateStream(model, [[1]], { beams: 2 })).toThrow(TypeError);
  expect(() => generateStream(model, [[1]], { beams: 2 })).toThrow(/a search may still replace every token.*beams: 1/);
});

it("fewer possible texts than sequences are an error that counts them", async () => {
  const suppressTokens = [0, 1, 2, 3, 4, 5, 6];
  const options = { suppressTokens, beams: 3, sequences: 3, maxNewTokens: 1 };
  await expect(generate(model, [[1]], options)).rejects.toThrow(/row 0 has only 2 possible texts of the 3/);
  expect((await generate(model, [[1]], { ...options, sequences: 2 })).sequences).toHaveLength(2);
});

it("a constraint whose list has a hole is refused, as with undefined in its place", async () => {
  const listed = [new Array<number>(1).concat(2), Array.from<number>({ length: 1 }).concat(2)];
  for (const list of listed)
    await expect(generate(model, [[1]], { constraint: () => list })).rejects.toThrow(
      "generate: the constraint gave undefined in place 0",
    );
});

it("beams without any possible text say that the options exclude every token", async () => {
  const suppressTokens = Array.from({ length: config.vocabSize }, (_, id) => id);
  await expect(generate(model, [[1]], { suppressTokens, beams: 3 })).rejects.toThrow(
    "generate: row 0 has no possible text: the options exclude every token; loosen them",
  );
});

describe.each<[string, GenerateOptions]>([
  ["greedy search", {}],
  ["sampling", { seed: 1, sequences: 2 }],
  ["beams", { beams: 3, sequences: 2 }],
  ["contrastive search", { penaltyAlpha: 0.5, topK: 3 }],
  ["a draft", { draft: { model, tokens: 2 } }],
  ["prompt lookup", { promptLookup: { tokens: 2 } }],
  ["guidance", { guidance: { scale: 2 } }],
])("no new tokens with %s", (_, options) => {
  const full = Array.from({ length: config.contextLength }, () => 1);
  it.each([true, false])("give the prompts as they are, a full context too, with cache: %s", async (cache) => {
    const found = await generate(model, [full, [1]], { ...options, cache, maxNewTokens: 0 });
    const copies = options.sequences ?? 1;
    expect(found.sequences).toEqual([full, [1]].flatMap((row) => Array.from({ length: copies }, () => row)));
    expect(new Set(found.ends)).toEqual(new Set(["length"]));
  });

  it("are not given once the signal is aborted", async () => {
    const given = { ...options, maxNewTokens: 0, signal: AbortSignal.abort("mine") };
    await expect(generate(model, [[1]], given)).rejects.toBe("mine");
  });
});

it("no new tokens give the prompts as they are, as often as asked for", async () => {
  const found = await generate(model, [[1], [2]], { beams: 3, sequences: 2, maxNewTokens: 0 });
  const ends = ["length", "length", "length", "length"];
  expect(found).toEqual({ sequences: [[1], [1], [2], [2]], ends, sequenceScores: [0, 0, 0, 0] });
});

describe("a search that generation_config.json asks for", () => {
  const withFields = (fields: Record<string, unknown>) => {
    const other = gpt(config, { seed: 1 });
    keepGenerationSettings(other, { file: "generation_config.json", fields });
    return other;
  };
  const file = { num_beams: 3, num_return_sequences: 2, length_penalty: 2, early_stopping: true, max_new_tokens: 3 };
  const same = { beams: 3, sequences: 2, lengthPenalty: 2, earlyStopping: true, maxNewTokens: 3 };

  it("is done, and the caller may change its options", async () => {
    expect(await generate(withFields(file), [[1]])).toEqual(await generate(model, [[1]], same));
    const changed = { beams: 4, sequences: 4 };
    expect(await generate(withFields(file), [[1]], changed)).toEqual(
      await generate(model, [[1]], { ...same, ...changed }),
    );
  });

  it.each<[string, GenerateOptions]>([
    ["beams: 1", { beams: 1 }],
    ["contrastive search", { penaltyAlpha: 0.6, topK: 3 }],
    ["a draft", { draft }],
    ["prompt lookup", { promptLookup: { tokens: 2 } }],
  ])("gives way to the caller's: %s", async (_, options) => {
    const expected = await generate(model, [[1]], { ...options, maxNewTokens: 3 });
    expect(await generate(withFields(file), [[1]], options)).toEqual(expected);
  });

  it("is contrastive unless the file or the caller also asks for beams or samples, as in transformers", async () => {
    const contrastive = { penalty_alpha: 0.9, top_k: 3, max_new_tokens: 4 };
    const options = { maxNewTokens: 4 };
    const found = await generate(withFields(contrastive), [[1]]);
    expect(found).toEqual(await generate(model, [[1]], { ...options, penaltyAlpha: 0.9, topK: 3 }));
    const beams = await generate(model, [[1]], { ...options, beams: 2 });
    expect(await generate(withFields({ ...contrastive, num_beams: 2 }), [[1]])).toEqual(beams);
    expect(await generate(withFields(contrastive), [[1]], { beams: 2 })).toEqual(beams);
    const sampled = await generate(model, [[1]], { ...options, temperature: 1, topK: 3 });
    expect(await generate(withFields({ ...contrastive, do_sample: true }), [[1]])).toEqual(sampled);
  });

  it("cannot be streamed with beams", () => {
    expect(() => generateStream(withFields(file), [[1]])).toThrow(/beams cannot be streamed.*pass beams: 1/);
  });
});
