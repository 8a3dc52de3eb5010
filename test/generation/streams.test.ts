import { describe, expect, it, vi } from "vitest";
import { Embedding, initialize, Module, type Pass } from "../../src/blocks";
import { type GenerateOptions, generate, generateStream, type NewToken } from "../../src/generation";
import { kernels } from "../../src/kernels";
import { encoderDecoder, gpt } from "../../src/models";
import { add, concatenate, type Ids, slice, type Tensor, zeros } from "../../src/tensor";

const config = { vocabSize: 11, contextLength: 24, dModel: 8, heads: 2, layers: 2, initialDeviation: 0.6 };
const model = gpt(config, { seed: 3 });
const prompts = [[1, 2, 3, 4], [9], [4, 4, 4]];

async function streamed(options: GenerateOptions, ids = prompts): Promise<NewToken[]> {
  const tokens: NewToken[] = [];
  for await (const token of generateStream(model, ids, options)) tokens.push(token);
  return tokens;
}

/** log softmax in float64. */
function logProbabilities(scores: readonly number[]): number[] {
  const best = Math.max(...scores);
  const sum = scores.reduce((total, score) => total + Math.exp(score - best), 0);
  return scores.map((score) => score - best - Math.log(sum));
}

const filters: GenerateOptions[] = [{}, { temperature: 0.7, topK: 4, seed: 2 }, { suppressTokens: [1, 2], seed: 1 }];

describe("a token of a stream comes with its log-probability and the best alternatives", () => {
  it.each(filters)("under the scores that it was chosen from, %j", async (given) => {
    const options = { ...given, maxNewTokens: 5, endTokens: [] };
    const { scores } = await generate(model, prompts, { ...options, outputScores: true });
    const tokens = await streamed({ ...options, alternatives: 3 });
    const seen = prompts.map(() => 0);
    for (const { row, id, logProbability, alternatives } of tokens) {
      const wanted = logProbabilities((scores![row]!.toArray() as number[][])[seen[row]!++]!);
      expect(logProbability).toBeCloseTo(wanted[id]!, 6);
      const best = [...wanted.keys()].sort((a, b) => wanted[b]! - wanted[a]! || a - b).slice(0, 3);
      expect(alternatives!.map((one) => one.id)).toEqual(best);
      for (const one of alternatives!) expect(one.logProbability).toBeCloseTo(wanted[one.id]!, 6);
    }
  });

  it("of which excluded tokens are none", async () => {
    const tokens = await streamed({ topK: 2, temperature: 1, maxNewTokens: 3, alternatives: 9 });
    for (const { alternatives } of tokens) expect(alternatives).toHaveLength(2);
  });

  it("and equal ones, whether or not processors have copied the scores; each is summed once", async () => {
    const run = vi.spyOn(kernels(), "run");
    const sums = () => run.mock.calls.filter(([{ name }, , sums]) => name === "survey" && sums).length;
    try {
      const options = { seed: 3, temperature: 1, maxNewTokens: 4, endTokens: [], alternatives: 2 };
      const plain = await streamed(options);
      expect(sums()).toBe(plain.length);
      expect(await streamed({ ...options, processors: [(scores) => scores] })).toEqual(plain);
      expect(sums()).toBe(2 * plain.length);
    } finally {
      run.mockRestore();
    }
  });

  it("which onToken gets too, and without the option there are none", async () => {
    const told: NewToken[] = [];
    const options = { seed: 3, maxNewTokens: 4 };
    await generate(model, prompts, { ...options, alternatives: 2, onToken: (token) => told.push(token) });
    expect(told).toEqual(await streamed({ ...options, alternatives: 2 }));
    for (const token of await streamed(options)) expect(token).not.toHaveProperty("alternatives");
  });
});

describe("logits are the model's own, whatever the options change", () => {
  it.each([{ temperature: 0.5, topK: 2 }, { guidance: { scale: 2 } }, { repetitionPenalty: 1.7 }, { beams: 2 }])(
    "%j",
    async (given) => {
      const options = { ...given, maxNewTokens: 4, endTokens: [], outputLogits: true, outputScores: true };
      const { sequences, logits, scores } = await generate(model, [prompts[0]!], options);
      const wanted = model.forward([sequences[0]!.slice(0, -1)]).data.subarray(3 * 11);
      logits![0]!.data.forEach((logit, i) => {
        expect(logit).toBeCloseTo(wanted[i]!, 4);
      });
      expect(scores![0]!.toArray()).not.toEqual(logits![0]!.toArray());
    },
  );
});

describe("several samples of a prompt", () => {
  const options = { maxNewTokens: 6, temperature: 1.5, seed: 4, endTokens: [] };

  it("come in the order of the prompts, read once, and each is another", async () => {
    const hidden = vi.spyOn(model, "hidden");
    const { sequences } = await generate(model, prompts, { ...options, sequences: 3 });
    const [first, second] = hidden.mock.calls.map(([ids]) => ids.length);
    hidden.mockRestore();
    expect([first, second]).toEqual([3, 9]);
    expect(sequences.map((row) => row.slice(0, 1))).toEqual([[1], [1], [1], [9], [9], [9], [4], [4], [4]]);
    expect(new Set(sequences.map(String)).size).toBe(9);
    expect((await generate(model, prompts, { ...options, sequences: 3 })).sequences).toEqual(sequences);
  });

  it("have rows of their own in a stream", async () => {
    const tokens = await streamed({ ...options, sequences: 2 });
    expect(tokens.slice(0, 7).map(({ row }) => row)).toEqual([0, 1, 2, 3, 4, 5, 0]);
  });
});

describe("a row that has ended", () => {
  it("leaves the batch: nothing is computed for it", async () => {
    const free = await generate(model, prompts, { maxNewTokens: 6, endTokens: [] });
    const second = free.sequences[1]![2]!;
    const hidden = vi.spyOn(model, "hidden");
    const { sequences } = await generate(model, prompts, { maxNewTokens: 6, endTokens: [second] });
    const rows = hidden.mock.calls.map(([ids]) => ids.length);
    hidden.mockRestore();
    const longest = sequences.map((row, r) => row.length - prompts[r]!.length);
    expect(Math.min(...longest)).toBeLessThan(6);
    expect(rows).toEqual([...rows.keys()].map((step) => longest.filter((length) => length > step).length));
  });
});

/** Looks at the token before, and knows of no mask. */
class Pairs extends Module {
  readonly vocabSize = 11;
  readonly contextLength = 24;
  readonly table = new Embedding({ vocabSize: 11, dModel: 11 });

  forward(ids: Ids, _pass: Pass = {}): Tensor {
    const here: Tensor = this.table.forward(ids);
    const [batch, seq, size] = here.shape as [number, number, number];
    const start: Tensor = zeros([batch, 1, size]);
    return add(here, concatenate([start, slice(here, { axis: 1, end: seq - 1 })], { axis: 1 }));
  }
}

describe("a model of the caller's own that knows of no padding", () => {
  it("gives each row of a batch what it gives it alone", async () => {
    const own = initialize(new Pairs(), { seed: 5 });
    const ids = [[1, 2, 3, 4], [9], [4, 4, 4], [7, 8, 9, 10], [2]];
    const options = { maxNewTokens: 6, endTokens: [3] };
    const { sequences } = await generate(own, ids, options);
    for (const [row, prompt] of ids.entries())
      expect([sequences[row]]).toEqual((await generate(own, [prompt], options)).sequences);
    const width = 4;
    const padded = ids.map((row) => [...new Array<number>(width - row.length).fill(6), ...row]);
    const mask = ids.map((row) => [...new Array<number>(width - row.length).fill(0), ...row.map(() => 1)]);
    const found = (await generate(own, padded, { ...options, mask })).sequences;
    expect(found.map((row, r) => row.slice(width - ids[r]!.length))).toEqual(sequences);
  });
});

describe("guidance", () => {
  it("of an encoder-decoder moves away from another source, by default its last token", async () => {
    const translator = encoderDecoder({ ...config, startToken: 1 }, { seed: 2 });
    const sources = [
      [3, 4, 5, 6],
      [7, 6],
    ];
    const options = { maxNewTokens: 5, endTokens: [], outputScores: true };
    const given = await generate(translator, sources, { ...options, guidance: { scale: 2 } });
    const same = { scale: 2, negativePrompt: [[6], [6]] };
    expect((await generate(translator, sources, { ...options, guidance: same })).sequences).toEqual(given.sequences);
    const [target] = given.sequences;
    const own = translator.forward([sources[0]!], [target!.slice(0, -1)]).toArray() as number[][][];
    const other = translator.forward([[6]], [target!.slice(0, -1)]).toArray() as number[][][];
    (given.scores![0]!.toArray() as number[][]).forEach((scores, step) => {
      const [here, there] = [logProbabilities(own[0]![step]!), logProbabilities(other[0]![step]!)];
      scores.forEach((score, id) => {
        expect(score).toBeCloseTo(there[id]! + 2 * (here[id]! - there[id]!), 4);
      });
    });
  });

  it("of scale 1 changes nothing", async () => {
    const plain = await generate(model, prompts, { maxNewTokens: 5 });
    expect(await generate(model, prompts, { maxNewTokens: 5, guidance: { scale: 1 } })).toEqual(plain);
  });

  it("ends where its negative prompt fills the context", async () => {
    const negativePrompt = Array.from({ length: 20 }, () => 5);
    const options = { maxNewTokens: 99, endTokens: [], guidance: { scale: 2, negativePrompt } };
    const { sequences, ends } = await generate(model, [[1, 2]], options);
    expect([sequences[0]!.length, ends[0]]).toEqual([6, "context"]);
  });
});

describe("an abort", () => {
  it("between the rows of a step is heard before the next row", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const told: number[] = [];
    const onToken = ({ row }: NewToken) => {
      told.push(row);
      if (told.length === 5) controller.abort(reason);
    };
    await expect(
      generate(model, prompts, { maxNewTokens: 8, endTokens: [], onToken, signal: controller.signal }),
    ).rejects.toBe(reason);
    expect(told).toEqual([0, 1, 2, 0, 1]);
  });
});
