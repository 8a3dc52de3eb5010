import type { Module, Pass } from "../blocks";
import { expectModule } from "../blocks/internal";
import { type Checks, checkOptions, wholeIn } from "../checks";
import { knownAs } from "../synonyms";
import { type Ids, random, type Tensor } from "../tensor";
import { inspected } from "./inspected";

/** Options of `inductionScores` and `previousTokenScores`. */
export interface HeadScoreOptions {
  /** How many random tokens are repeated; 50 if omitted, or half of the context. */
  length?: number | undefined;
  /** How many texts are averaged; 4 if omitted. */
  rows?: number | undefined;
  /** Of the random tokens; 0 if omitted. */
  seed?: number | undefined;
  /** A token to begin with, for models that know no text without one. */
  startToken?: number | undefined;
}

const whole = /* @__PURE__ */ wholeIn({ least: 0 });
const checks: Checks<HeadScoreOptions> = /* @__PURE__ */ knownAs(
  {
    options: ["length seqLen tokens repeatLength", "rows batch batchSize numSamples", "startToken bosToken prependBos"],
  },
  {
    length: /* @__PURE__ */ wholeIn({ least: 2, most: 2 ** 16 }),
    rows: /* @__PURE__ */ wholeIn({ least: 1, most: 2 ** 16 }),
    seed: whole,
    startToken: whole,
  },
);

/** A decoder of tokens that says its sizes, as `DecoderModel` does. */
export type ScoredModel = Module & {
  readonly config: { readonly vocabSize: number; readonly contextLength: number };
  forward(ids: Ids, pass?: Pass): unknown;
};

/** Which key a head is looked for at. */
export interface Look {
  /** The first query that counts, in a text of `length` tokens twice. */
  first: (length: number) => number;
  /** How far before the query. */
  back: (length: number) => number;
}

/**
 * The mean weight of a key, of each head of self-attention, on random tokens that come twice.
 *
 * @param where the function to name in errors
 * @returns by the path of the layer, one number for each head
 */
export function headScores(
  where: string,
  model: ScoredModel,
  options: HeadScoreOptions,
  { first, back }: Look,
): Map<string, number[]> {
  const { vocabSize, contextLength } = sizesOf(where, model);
  checkOptions(where, options, checks);
  const { rows = 4, seed = 0, startToken } = options;
  const room = Math.floor((contextLength - (startToken === undefined ? 0 : 1)) / 2);
  const { length = Math.min(50, room) } = options;
  if (length > room || length < 2)
    throw new RangeError(
      `${where}: ${length} tokens twice do not fit the context of ${contextLength}; length is at most ${room}`,
    );
  if (startToken !== undefined && startToken >= vocabSize)
    throw new RangeError(`${where}: startToken is ${startToken}, but the vocabulary has ${vocabSize} tokens`);
  const prefix = startToken === undefined ? [] : [startToken];
  const drawn = random(seed);
  const ids = Array.from({ length: rows }, () => {
    const once = Array.from({ length }, () => drawn.integer(vocabSize));
    return [...prefix, ...once, ...once];
  });
  const run = (pass: Pass) => model.forward(ids, pass);
  const { record } = inspected(where, model, run, { sites: [isSelfAttention] });
  if (record.size === 0)
    throw new RangeError(`${where}: no attention of the model's blocks reported its weights; pass the pass on to them`);
  const start = prefix.length + first(length);
  return new Map(
    [...record].map(([place, weights]) => [place.replace(/\.weights$/, ""), byHead(weights, start, back(length))]),
  );
}

const isSelfAttention = (place: string): boolean => /^blocks\.(.*\.)?attention\.weights$/.test(place);

function sizesOf(where: string, model: ScoredModel): ScoredModel["config"] {
  expectModule(where, "model", model);
  const { vocabSize, contextLength } = (model.config ?? {}) as Partial<ScoredModel["config"]>;
  const readsTwoTexts = "encoder" in model && "decoder" in model;
  if (
    !readsTwoTexts &&
    typeof model.forward === "function" &&
    typeof vocabSize === "number" &&
    typeof contextLength === "number"
  )
    return { vocabSize, contextLength };
  throw new TypeError(
    `${where}: the model needs forward(ids, pass), config.vocabSize and config.contextLength, as a DecoderModel has`,
  );
}

/** The mean of weights[b, h, i, i − back] over texts and queries from the first. */
function byHead({ data, shape }: Tensor, first: number, back: number): number[] {
  const [batch, heads, queries, keys] = shape as [number, number, number, number];
  const count = batch * (queries - first);
  return Array.from({ length: heads }, (_, h) => {
    let sum = 0;
    for (let b = 0; b < batch; b++)
      for (let i = first; i < queries; i++) sum += data[((b * heads + h) * queries + i) * keys + i - back]!;
    return sum / count;
  });
}
