import { describe, expect, it } from "vitest";
import { generate, type Processor, processors, type ScoreContext } from "../../src/generation";
import { gpt } from "../../src/models";
import { ShapeError } from "../../src/tensor";

const model = gpt({ vocabSize: 12, contextLength: 32, dModel: 8, heads: 2, layers: 1 }, { seed: 4 });
const same: Processor = (scores) => scores;
const text = async (options: object) =>
  (await generate(model, [[1, 2]], { maxNewTokens: 6, ...options })).sequences[0]!;

describe("the caller's own processors", () => {
  it("run after those of the options, before sampling filters, in their order", async () => {
    const seen: [string, number, ScoreContext][] = [];
    const seeing =
      (name: string): Processor =>
      (scores, context) => {
        seen.push([name, scores.filter(Number.isFinite).length, { ...context, ids: [...context.ids] }]);
        return scores;
      };
    const options = { suppressTokens: [0, 3], topK: 2, processors: [seeing("first"), seeing("second")], seed: 1 };
    const ids = await text({ ...options, maxNewTokens: 2 });
    expect(seen.map(([name, left]) => [name, left])).toEqual([
      ["first", 10],
      ["second", 10],
      ["first", 10],
      ["second", 10],
    ]);
    const [, , last] = seen.at(-1)!;
    expect(last).toMatchObject({ ids: ids.slice(0, 3), source: [1, 2], step: 1, limit: 2, last: true });
    expect(last.random).toBeDefined();
  });

  it("change the text as the option of the same name does", async () => {
    const penalty = await text({ repetitionPenalty: 3, noRepeatNgram: 2 });
    expect(penalty).not.toEqual(await text({}));
    const own = [processors.repetitionPenalty(3), processors.noRepeatNgram(2)];
    expect(await text({ processors: own })).toEqual(penalty);
  });

  it("keep what they need between the tokens of a row, and of no other row", async () => {
    const key = {};
    const counts: number[] = [];
    const counting: Processor = (scores, { memory }) => {
      const count = ((memory.get(key) as number | undefined) ?? 0) + 1;
      memory.set(key, count);
      counts.push(count);
      return scores;
    };
    await generate(model, [[1], [2]], { maxNewTokens: 3, processors: [counting] });
    expect(counts).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it("may write into the scores that they are given: they are a copy", async () => {
    const writing: Processor = (scores) => {
      scores.fill(Number.NEGATIVE_INFINITY, 1);
      return scores;
    };
    const plain = await generate(model, [[1], [2]], { maxNewTokens: 4, processors: [same] });
    const both = await generate(model, [[1], [2]], {
      maxNewTokens: 4,
      processors: [(scores, context) => (context.source[0] === 1 ? writing(scores, context) : scores)],
    });
    expect(both.sequences[0]).toEqual([1, 0, 0, 0, 0]);
    expect(both.sequences[1]).toEqual(plain.sequences[1]);
    const options = { maxNewTokens: 1, outputLogits: true };
    const logits = async (own: Processor) =>
      (await generate(model, [[1]], { ...options, processors: [own] })).logits![0]!.toArray();
    expect(await logits(writing)).toEqual(await logits(same));
  });

  it.each<[string, object]>([
    ["greedy search", { outputScores: true }],
    ["sampling", { seed: 3, topK: 5, outputScores: true, repetitionPenalty: 1.5 }],
    ["beams", { beams: 4, sequences: 2, outputScores: true }],
    ["beam sampling", { beams: 3, temperature: 1.5, seed: 3 }],
    ["a draft", { draft: { model, tokens: 3 }, seed: 4 }],
    ["contrastive search", { penaltyAlpha: 0.5, topK: 3 }],
  ])("may return one array again and again and reorder the tokens that they are given: %s", async (_, options) => {
    const fresh: Processor = (scores, { ids }) => scores.map((score, id) => (id === ids.at(-1) ? -9 : 3 * score));
    const once = new Float32Array(12);
    const careless: Processor = (scores, context) => {
      once.set(fresh(scores, context));
      for (const tokens of [context.ids, context.source]) (tokens as number[]).reverse();
      return once;
    };
    const written = async (own: Processor) => {
      const given = { ...options, maxNewTokens: 6, endTokens: [7] };
      const { scores, ...rest } = await generate(model, [[1, 2], [4]], { ...given, processors: [own, own] });
      return [rest, scores?.map((row) => row.toArray())];
    };
    expect(await written(careless)).toEqual(await written(fresh));
  });

  it.each<[string, unknown, new (...args: never[]) => Error, string]>([
    [
      "nothing",
      () => undefined,
      TypeError,
      "the result of processors[1] must be a Float32Array, not undefined; a processor is (scores, { ids }) => scores",
    ],
    [
      "a promise",
      async (scores: Float32Array) => scores,
      TypeError,
      "the result of processors[1] must be a Float32Array, not a Promise; the function must not be async",
    ],
    [
      "an array",
      (scores: Float32Array) => [...scores],
      TypeError,
      "the result of processors[1] must be a Float32Array",
    ],
    ["too few", (scores: Float32Array) => scores.slice(1), ShapeError, "processors[1] returned 11 scores; it must"],
    ["NaN", (scores: Float32Array) => scores.with(3, Number.NaN), RangeError, "processors[1] returned NaN for token 3"],
    ["Infinity", (scores: Float32Array) => scores.with(3, Infinity), RangeError, "returned Infinity for token 3"],
    [
      "no token",
      (scores: Float32Array) => scores.map(() => -Infinity),
      RangeError,
      "processors[1] excluded every token",
    ],
  ])("that return %s are named by their place", async (_, wrong, kind, message) => {
    const error = await text({ processors: [same, wrong] }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(`generate: ${message}`.replace("generate: returned", "returned"));
    // The model goes on as before.
    expect(await text({})).toEqual(await text({ processors: [same] }));
  });

  it("that throw give the caller their own error", async () => {
    const reason = new Error("mine");
    const throwing = () => {
      throw reason;
    };
    await expect(text({ processors: [throwing] })).rejects.toBe(reason);
  });
});

it.each([
  { forcedStartToken: 3, suppressTokens: [1, 3] },
  { forcedEndToken: 3, suppressTokens: [3] },
  { forcedEndToken: [3, 4], suppressTokens: [4, 3] },
])("a token that is forced and suppressed is refused before the model runs: %j", async (options) => {
  await expect(text(options)).rejects.toThrow(RangeError);
  await expect(text(options)).rejects.toThrow(/^generate: forced\w+ 3(, 4)? is also in suppressTokens/);
  expect(await text({ forcedEndToken: [3, 4], suppressTokens: [4] })).toHaveLength(8);
});
