import { describe, expect, it } from "vitest";
import { type Caching, Module, type Pass } from "../../src/blocks";
import { type GenerateOptions, type GenerativeModel, generate, generateStream } from "../../src/generation";
import { type Ids, Tensor } from "../../src/tensor";
import { expectDistribution } from "./chi-square";
import { modelOf, optionsOf, readCases } from "./search-cases";

const cases = readCases(new URL("../fixtures/generation/search.json", import.meta.url)).contrastive;

/** A model that reads a table: the scores of the next token depend on the last one alone. */
class Table extends Module {
  readonly config: { vocabSize: number; contextLength: number };
  readonly #scores: readonly (readonly number[])[];
  /** The number of tokens in each pass. */
  readonly passes: number[] = [];

  constructor(scores: readonly (readonly number[])[], contextLength = 64) {
    super();
    this.config = { vocabSize: scores.length, contextLength };
    this.#scores = scores;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(ids: Ids, pass: Pass = {}): Tensor {
    this.passes.push(ids[0]!.length);
    pass.cache?.advance(ids[0]!.length);
    const rows = ids.flatMap((row) => row.map((id) => this.#scores[id]!));
    return new Tensor([ids.length, ids[0]!.length, this.config.vocabSize], Float32Array.from(rows.flat()));
  }
}

const next = (size: number) => Array.from({ length: size }, (_, id) => (id + 1) % size);
const cycle = (size: number, after = next(size)) =>
  after.map((best) => Array.from({ length: size }, (_, id) => (id === best ? 5 : 0)));

const drafts: Record<string, (model: GenerativeModel) => Promise<GenerateOptions> | GenerateOptions> = {
  "itself as its draft": (model) => ({ draft: { model, tokens: 3 } }),
  "prompt lookup": () => ({ promptLookup: { tokens: 4, maxNgram: 3 } }),
};

describe.each(Object.entries(drafts))(
  "speculative decoding writes what greedy search writes, with %s",
  (_, draftOf) => {
    it.each(cases.map((one, at) => ({ ...one, title: `${at}: ${one.model}` })))("$title", async (one) => {
      const model = (await modelOf(one.model)) as GenerativeModel;
      const { penaltyAlpha, topK, ...options } = optionsOf(one);
      const asked = { ...options, outputScores: true };
      const plain = await generate(model, one.prompts, asked);
      for (const cache of [undefined, false]) {
        const found = await generate(model, one.prompts, { ...asked, cache, ...(await draftOf(model)) });
        expect(found.sequences).toEqual(plain.sequences);
        expect(found.ends).toEqual(plain.ends);
      }
    });
  },
);

/** Windows, latents, convolutions and recurrent states, whose caches cannot all be cut. */
const kinds = ["gemma2", "mistral", "deepseek_v3", "lfm2", "qwen3_next", "granitemoehybrid"];

it.each([...kinds.map((kind) => [kind, "qwen2"]), ...kinds.map((kind) => ["qwen2", kind])])(
  "a draft that often errs changes nothing: %s with %s",
  async (name, draftName) => {
    const model = (await modelOf(`families/decoder/${name}`)) as GenerativeModel;
    const draft = (await modelOf(`families/decoder/${draftName}`)) as GenerativeModel;
    const prompts = [
      [5, 9, 12, 5],
      [20, 3],
    ];
    const options = { maxNewTokens: 14, repetitionPenalty: 1.2, endTokens: [8], without: [] };
    const plain = await generate(model, prompts, options);
    const found = await generate(model, prompts, { ...options, draft: { model: draft, tokens: 4 } });
    expect(found).toEqual(plain);
  },
);

describe("speculative decoding computes less", () => {
  const plainPasses = 20;

  it("a draft that is always right: one pass for its tokens and one more", async () => {
    const [model, draft] = [new Table(cycle(7)), new Table(cycle(7))];
    const options = { maxNewTokens: plainPasses, draft: { model: draft, tokens: 4 } };
    const { sequences } = await generate(model, [[0, 1, 2]], options);
    expect(sequences[0]).toEqual(Array.from({ length: 23 }, (_, at) => at % 7));
    // The third pass is the proof that the table works with a cache; besides, every token is read once.
    expect(model.passes).toEqual([7, 5, 12, 5, 5]);
    // The draft reads the token that it proposed last only if the text goes on from it.
    expect(draft.passes.reduce((sum, count) => sum + count)).toBeLessThan(40);
  });

  it("a draft that is always wrong: as many passes as tokens, and no token of the row twice", async () => {
    const [model, draft] = [new Table(cycle(7)), new Table(cycle(7, [3, 4, 5, 6, 0, 1, 2]))];
    await generate(model, [[0]], { maxNewTokens: 6, draft: { model: draft, tokens: 2 } });
    // The row's last token and two proposals, as far as there is room; the second 4 is the proof.
    expect(model.passes).toEqual([3, 3, 4, 3, 3, 2, 1]);
  });

  it("a text that repeats itself, by prompt lookup", async () => {
    const model = new Table(cycle(4));
    await generate(model, [[0, 1, 2, 3, 0, 1]], { maxNewTokens: plainPasses, promptLookup: { tokens: 4 } });
    expect(model.passes).toHaveLength(5);
  });

  it("and proposes nothing beyond the draft's context", async () => {
    const [model, draft] = [new Table(cycle(7)), new Table(cycle(7), 8)];
    const options = { maxNewTokens: 12, draft: { model: draft, tokens: 4 } };
    const { sequences } = await generate(model, [[0, 1, 2]], options);
    expect(sequences[0]).toHaveLength(15);
    expect(model.passes.length).toBeGreaterThan(6);
  });
});

describe("speculative decoding draws tokens with the model's own probabilities", () => {
  const scores = [
    [0, 1, 2, -1],
    [2, 0, 0.5, 1],
    [1, 1, 0, 3],
    [0.3, 2, 1, 0],
  ];
  const other = [
    [2, 0, 1, 1],
    [0, 0, 0, 0],
    [3, 0, 1, 0],
    [1, 1, 1, 3],
  ];
  const count = 1000;
  const sampled = { sequences: 20, maxNewTokens: count, temperature: 0.8, topK: 3, seed: 3 };

  /** 20,000 draws, counted by the token before. */
  async function expectTransitions(more: GenerateOptions): Promise<void> {
    const model = new Table(scores, 2 * count);
    const { sequences } = await generate(model, [[0]], { ...sampled, ...more });
    const counts = scores.map((row) => row.map(() => 0));
    for (const row of sequences) for (let at = 1; at < row.length; at++) counts[row[at - 1]!]![row[at]!]!++;
    counts.forEach((row, from) => {
      const kept = scores[from]!.map((score) =>
        score < scores[from]!.toSorted((a, b) => b - a)[2]! ? 0 : Math.exp(score / 0.8),
      );
      const total = kept.reduce((sum, weight) => sum + weight);
      expectDistribution(
        row,
        kept.map((weight) => weight / total),
      );
    });
  }

  it("without proposals", () => expectTransitions({}));
  it("with the proposals of a draft", () => {
    const draft = { model: new Table(other, 2 * count), tokens: 3 };
    return expectTransitions({ draft });
  });

  it("by prompt lookup even the same tokens for the same seed", async () => {
    const model = new Table(scores);
    const options = { ...sampled, sequences: 4, maxNewTokens: 40 };
    const found = await generate(model, [[0], [3, 1]], { ...options, promptLookup: { tokens: 3 } });
    expect(found).toEqual(await generate(model, [[0], [3, 1]], options));
  });
});

it("rows take turns in the stream, and each ends at its own end token, also among proposals", async () => {
  const [model, draft] = [new Table(cycle(7)), new Table(cycle(7))];
  const tokens: [number, number, string | undefined][] = [];
  const options = { maxNewTokens: 6, endTokens: [5], draft: { model: draft, tokens: 4 } };
  for await (const { row, id, end } of generateStream(model, [[2], [0]], options)) tokens.push([row, id, end]);
  expect(tokens).toEqual([
    ...[
      [0, 3, undefined],
      [1, 1, undefined],
      [0, 4, undefined],
      [1, 2, undefined],
      [0, 5, "endToken"],
    ],
    ...[
      [1, 3, undefined],
      [1, 4, undefined],
      [1, 5, "endToken"],
    ],
  ]);
});
