import { abortable } from "../abortable";
import { loadLater } from "../later";
import type { Ids } from "../tensor";
import { forgetSpare } from "../tensor/internal";
import { type Choice, decode } from "./decode";
import type { GenerativeModel } from "./language-model";
import { newToken } from "./new-token";
import { refuseScores } from "./option-checks";
import type { End, GenerateOptions, NewToken } from "./options";
import { type Plan, planOf } from "./plan";
import { type Generated, type Row, resultOf } from "./result";
import { refuseBeams } from "./search/settings";

/**
 * Continues each row of ids [batch][seq], one token at a time. For an `EncoderDecoderModel` the ids are the source: it
 * is encoded once, and the target starts with `config.startToken`. Rows may differ in length.
 *
 * The same seed gives the same result, and a row's result depends neither on the other rows nor on its
 * padding. The event loop runs every few milliseconds, so that a page stays responsive.
 *
 * @throws TypeError for an option that is unknown or of the wrong kind, or ids that are not [batch][seq]; RangeError
 * for a wrong value, an id outside the vocabulary, or a prompt that is empty or does not fit into the context;
 * ShapeError for a mask of another shape; Error that names the step if the model's scores are NaN or
 * Infinity; the signal's reason once it is aborted
 * @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.1, for decoding one token at a time
 * @example
 * ```ts
 * import { generate, gpt } from "transformer-blocks";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
 * const { sequences } = await generate(model, [[1, 2, 3]], { maxNewTokens: 4 });
 * sequences[0]?.length; // 7
 * ```
 */
export async function generate(model: GenerativeModel, ids: Ids, options: GenerateOptions = {}): Promise<Generated> {
  return generatedBy(planOf("generate", model, ids, options));
}

/** What a plan gives. */
export async function generatedBy(plan: Plan): Promise<Generated> {
  const { alternatives, onToken, search } = plan.settings;
  if (alternatives !== undefined && onToken === undefined)
    throw new RangeError(
      `${plan.settings.where}: alternatives has no effect without onToken; pass it, or use generateStream`,
    );
  try {
    await plan.settings.prepare();
    return resultOf(plan, await (search.beams > 1 ? searched(plan) : decoded(plan)));
  } finally {
    plan.caches.end();
  }
}

/**
 * The tokens of `generate` as they are generated, step by step and row by row. Leaving the loop stops generation.
 *
 * @throws as `generate`: for wrong arguments at the call, for the rest while iterating
 * @example
 * ```ts
 * import { generateStream, gpt } from "transformer-blocks";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
 * const rows: number[] = [];
 * for await (const { row } of generateStream(model, [[1], [2]], { maxNewTokens: 2 })) rows.push(row);
 * rows; // [0, 1, 0, 1]
 * ```
 */
export function generateStream(
  model: GenerativeModel,
  ids: Ids,
  options: GenerateOptions = {},
): AsyncIterable<NewToken> {
  const plan = planOf("generateStream", model, ids, options);
  refuseScores("generateStream", options);
  refuseBeams("generateStream", plan.settings.search);
  plan.settings.tells = true;
  return tokensOf(plan);
}

/** The tokens of a plan without beams. */
async function* tokensOf(plan: Plan): AsyncGenerator<NewToken> {
  const { onToken, alternatives } = plan.settings;
  try {
    await plan.settings.prepare();
    for await (const choice of chosen(plan)) {
      const token = newToken(choice, alternatives);
      onToken?.(token);
      yield token;
    }
  } finally {
    plan.caches.end();
  }
}

/** Their ids, for whom probabilities are worked out only if `onToken` is told them. */
export async function* idsOf(plan: Plan): AsyncGenerator<number> {
  const { onToken, alternatives } = plan.settings;
  try {
    await plan.settings.prepare();
    for await (const choice of chosen(plan)) {
      onToken?.(newToken(choice, alternatives));
      yield choice.id;
    }
  } finally {
    plan.caches.end();
  }
}

/** The choices of a search, until the signal is aborted. A search always chooses at least one token. */
async function* chosen(plan: Plan): AsyncGenerator<Choice> {
  plan.settings.signal?.throwIfAborted();
  if (plan.maxNewTokens === 0) return;
  const { signal } = plan.settings;
  try {
    for await (const choice of await abortable(signal, () => strategyOf(plan))) {
      signal?.throwIfAborted();
      yield choice;
    }
  } finally {
    forgetSpare();
  }
}

/** How the tokens of a plan are chosen. Searches of other kinds are loaded when they are asked for. */
async function strategyOf(plan: Plan): Promise<AsyncGenerator<Choice>> {
  const { contrastive, draft, promptLookup } = plan.settings.search;
  if (contrastive) return (await loadLater("penaltyAlpha", () => import("./search/contrastive"))).contrast(plan);
  if (!draft && !promptLookup) return decode(plan);
  return (await loadLater("draft and promptLookup", () => import("./search/speculate"))).speculate(plan);
}

/** The rows of a search that goes token by token. */
async function decoded(plan: Plan): Promise<Row[]> {
  const { outputScores, outputLogits, alternatives, onToken, search } = plan.settings;
  const count = plan.start.length * search.sequences;
  const rows = Array.from({ length: count }, () => ({
    ids: [] as number[],
    end: "length" as End,
    trail: [] as Choice[],
  }));
  for await (const choice of chosen(plan)) {
    const row = rows[choice.row]!;
    row.ids.push(choice.id);
    if (choice.end !== undefined) row.end = choice.end;
    if (outputScores || outputLogits) row.trail.push(choice);
    onToken?.(newToken(choice, alternatives));
  }
  return rows;
}

/** The rows of a search that compares whole texts. */
async function searched(plan: Plan): Promise<Row[]> {
  const { endTokens, signal } = plan.settings;
  const { beamsOf } = await abortable(signal, () => loadLater("beams", () => import("./search/beam-search")));
  return (await beamsOf(plan)).flatMap((found, prompt) =>
    found.map(({ ids, score, trail }) => {
      const added = ids.slice(plan.start[prompt]!.length);
      const limit = plan.limits[prompt]!;
      const atLimit = added.length < limit.tokens ? "time" : limit.end;
      return { ids: added, score, trail, end: endTokens.has(ids.at(-1)!) ? "endToken" : atLimit };
    }),
  );
}
