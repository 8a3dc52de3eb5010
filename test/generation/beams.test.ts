import { describe, expect, it } from "vitest";
import { type Caching, Module, type Pass, type Sequence } from "../../src/blocks";
import { type GenerateOptions, generate, type Processor } from "../../src/generation";
import { encoderDecoder, gpt } from "../../src/models";
import { type Ids, Tensor } from "../../src/tensor";
import { expectDistribution } from "./chi-square";

const config = { vocabSize: 12, contextLength: 24, dModel: 8, heads: 2, layers: 2, initialDeviation: 0.8 };
const model = gpt(config, { seed: 3 });

/** Scores for the next token by the last one, with the shape of every pass. */
class Table extends Module {
  readonly config: { vocabSize: number; contextLength: number };
  readonly passes: string[] = [];
  readonly #scores: readonly (readonly number[])[];

  constructor(scores: readonly (readonly number[])[]) {
    super();
    this.config = { vocabSize: scores.length, contextLength: 64 };
    this.#scores = scores;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(ids: Ids, pass: Pass = {}): Tensor<Sequence> {
    const [rows, columns] = [ids.length, ids[0]!.length];
    this.passes.push(`${rows} × ${columns}`);
    pass.cache?.advance(columns);
    const scores = ids.flatMap((row) => row.flatMap((id) => this.#scores[id]!));
    return new Tensor([rows, columns, this.config.vocabSize] as const, Float32Array.from(scores));
  }
}

describe("beams compute nothing twice", () => {
  it("a prompt is read once, and rows that have found their texts are read no more", async () => {
    // The texts of the first prompt do not end; of the second, two end within two steps: 0, and 1 with 0.
    const endless = [-9, -9, 1, 2];
    const table = new Table([endless, [9, 0, 0, 0], endless, endless, [9, 8, 0, 0]].map((row) => [...row, -99]));
    const options = { beams: 2, maxNewTokens: 4, endTokens: [0], earlyStopping: true, cache: true } as const;
    const { sequences } = await generate(
      table,
      [
        [1, 2],
        [3, 4],
      ],
      options,
    );
    expect(sequences[0]).toHaveLength(6);
    expect(sequences[1]!.at(-1)).toBe(0);
    // Two beams of each prompt from the first step on; the pass of whole rows is the proof that the cache can be used.
    expect(table.passes).toEqual(["2 × 2", "4 × 1", "4 × 3", "2 × 1", "2 × 1"]);
  });

  it("a source is encoded once", async () => {
    const translator = encoderDecoder({ ...config, startToken: 0 }, { seed: 1 });
    const encode = translator.encode.bind(translator);
    let rows = 0;
    translator.encode = (ids, pass) => {
      rows += ids.length;
      return encode(ids, pass);
    };
    await generate(
      translator,
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { beams: 3, maxNewTokens: 5 },
    );
    expect(rows).toBe(2);
  });
});

describe("a prompt's beams do not depend on the other prompts", () => {
  const prompts = [[1, 2, 3], [4], [5, 6], [7, 8, 9, 10, 11]];
  const searches: GenerateOptions[] = [
    { beams: 3, sequences: 2 },
    { beams: 3, sequences: 3, earlyStopping: "never", lengthPenalty: 2, endTokens: [2, 7] },
    { beams: 4, beamGroups: 2, diversityPenalty: 0.5, sequences: 4, repetitionPenalty: 1.3 },
  ];

  it.each(searches)("%o", async (search) => {
    const options = { ...search, maxNewTokens: 7 };
    const together = await generate(model, prompts, options);
    const apart = await Promise.all(prompts.map((prompt) => generate(model, [prompt], options)));
    expect(together.sequences).toEqual(apart.flatMap(({ sequences }) => sequences));
    expect(together.ends).toEqual(apart.flatMap(({ ends }) => ends));
    apart
      .flatMap(({ sequenceScores }) => sequenceScores!)
      .forEach((score, row) => void expect(together.sequenceScores![row]).toBeCloseTo(score, 5));
  });
});

it("each beam keeps what processors keep of it, also where beams split", async () => {
  const key = {};
  // A processor that remembers the tokens it has seen; it must find its own text, not that of a sister.
  const remembers: Processor = (scores, { ids, step, memory }) => {
    const seen = (memory.get(key) as number[] | undefined) ?? [];
    expect(seen).toEqual(ids.slice(0, -1).slice(-seen.length || ids.length));
    expect(seen).toHaveLength(step === 0 ? 0 : ids.length - 1);
    memory.set(key, [...ids]);
    return scores;
  };
  await generate(model, [[1], [2]], { beams: 4, sequences: 4, maxNewTokens: 6, processors: [remembers] });
});

it("the scores of the returned texts add up to their score", async () => {
  const options = { beams: 3, sequences: 3, maxNewTokens: 6, lengthPenalty: 1.5, endTokens: [3], outputScores: true };
  const { sequences, scores, sequenceScores } = await generate(model, [[1, 2]], { ...options, outputLogits: true });
  sequences.forEach((row, r) => {
    const fresh = row.slice(2);
    const rows = scores![r]!.toArray() as number[][];
    expect(rows).toHaveLength(fresh.length);
    const sum = fresh.reduce((total, id, at) => total + rows[at]![id]!, 0);
    expect(sum / fresh.length ** 1.5).toBeCloseTo(sequenceScores![r]!, 5);
  });
});

it("beam sampling draws the first tokens without replacement, by their processed probabilities", async () => {
  const logits = [1, 0, 2, 0.5, -1];
  const table = new Table(logits.map(() => logits));
  const prompts = Array.from({ length: 4000 }, () => [0]);
  const options = { beams: 2, maxNewTokens: 1, temperature: 0.7, seed: 4, endTokens: [] };
  const { sequences } = await generate(table, prompts, options);
  const counts = logits.map(() => 0);
  for (const row of sequences) counts[row[1]!]!++;
  // Four of the five tokens are drawn, and the best of them is returned.
  const weights = logits.map((logit) => Math.exp(logit / 0.7));
  const total = weights.reduce((sum, weight) => sum + weight);
  const missedBest = orderings(4).reduce((sum, order) => {
    let [share, left] = [1, total];
    for (const id of order) {
      share *= weights[id]! / left;
      left -= weights[id]!;
    }
    return order.includes(2) ? sum : sum + share;
  }, 0);
  expectDistribution(counts, [missedBest, 0, 1 - missedBest, 0, 0]);
});

/** All orders of so many of five tokens. */
function orderings(count: number): number[][] {
  if (count === 0) return [[]];
  return orderings(count - 1).flatMap((order) =>
    [0, 1, 2, 3, 4].filter((id) => !order.includes(id)).map((id) => [...order, id]),
  );
}

it("beams stop within one step once the signal is aborted", async () => {
  const controller = new AbortController();
  const processors: Processor[] = [
    (scores, { step }) => {
      if (step === 2) controller.abort(new Error("enough"));
      expect(step).toBeLessThan(3);
      return scores;
    },
  ];
  const options = { beams: 2, maxNewTokens: 10, signal: controller.signal, processors };
  await expect(generate(model, [[1]], options)).rejects.toThrow("enough");
});
