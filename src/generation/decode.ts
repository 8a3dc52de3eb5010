import type { Ids, Random } from "../tensor";
import { bestToken, sampleToken } from "./choose";
import { fileOptions } from "./file-options";
import { type GenerativeModel, type Writer, writerOf } from "./language-model";
import { checkGenerateOptions, checkTokens, type GenerateOptions, type NewToken } from "./options";
import { maximum, type ScoreContext } from "./processors";
import { checkPrompt, expectFeasible, firstTokens, newTokensFor, startOf } from "./prompt";
import { type Settings, settingsOf } from "./settings";
import { Stepper } from "./stepper";
import { yieldToEventLoop } from "./yield";

/** The checked and copied arguments of a `generate` call. */
export interface Plan {
  writer: Writer;
  ids: Ids;
  /** The start of each row of the result. */
  start: Ids;
  maxNewTokens: number;
  settings: Settings;
}

/** A new token and the scores that it was chosen from. */
export interface Choice extends NewToken {
  scores: Float32Array;
}

/** Checks everything that can be checked before the model runs. */
export function planOf(model: GenerativeModel, ids: Ids, options: GenerateOptions): Plan {
  const writer = writerOf("generate", model);
  checkGenerateOptions("generate", options);
  checkTokens("generate", options, writer.sizes.vocabSize);
  const file = fileOptions("generate", model, options.without);
  const settings = settingsOf(options, file, writer.sizes.endTokens);
  checkPrompt(writer, ids, settings.mask);
  const copy = ids.map((row) => [...row]);
  const maxNewTokens = newTokensFor(writer, copy, settings.maxNewTokens, file);
  const start = firstTokens(writer, copy);
  expectFeasible(start, maxNewTokens, options, file);
  return { writer, ids: copy, start, maxNewTokens, settings };
}

/** A row in progress. */
interface Row {
  source: readonly number[];
  ids: number[];
  random: Random | undefined;
  ended: boolean;
}

/** The decoding loop: all rows step together, and finished rows stay in the batch. */
export async function* decode({ writer, ids, start, maxNewTokens, settings }: Plan): AsyncGenerator<Choice> {
  const { signal } = settings;
  signal?.throwIfAborted();
  if (maxNewTokens === 0) return;
  const stepper = new Stepper(startOf(writer, ids, start, settings.mask), { cache: settings.cache, maxNewTokens });
  const rows: Row[] = start.map((row, r) => ({
    source: ids[r]!,
    ids: [...row],
    random: settings.random?.stream(`row ${r}`),
    ended: false,
  }));
  for (let step = 0; step < maxNewTokens; step++) {
    if (step > 0) {
      await yieldToEventLoop();
      signal?.throwIfAborted();
    }
    const logits = await stepper.scores();
    for (const [r, row] of rows.entries()) {
      if (row.ended) continue;
      const place = { step, last: step === maxNewTokens - 1 };
      const choice = choose(logits[r]!, row, settings, `row ${r}, step ${step}`, place);
      row.ids.push(choice.id);
      row.ended = settings.endTokens.has(choice.id);
      settings.onToken?.({ row: r, id: choice.id });
      yield { row: r, ...choice };
    }
    if (rows.every((row) => row.ended)) return;
    stepper.push(rows.map((row) => row.ids.at(-1)!));
  }
}

function choose(
  logits: Float32Array,
  row: Row,
  { processors }: Settings,
  place: string,
  at: Omit<ScoreContext, "ids" | "source">,
) {
  const wrong = firstWrong(logits);
  if (wrong !== undefined)
    throw new Error(`generate: the model's scores hold ${wrong} in ${place}; check its weights and its input`);
  const scores = processors.reduce(
    (result, process) => process(result, { ids: row.ids, source: row.source, ...at }),
    logits,
  );
  if (maximum(scores) === Number.NEGATIVE_INFINITY) throw new Error(`generate: no token is left to choose in ${place}`);
  return { id: row.random ? sampleToken(scores, row.random) : bestToken(scores), scores };
}

/** The first score that is NaN or Infinity. */
function firstWrong(scores: Float32Array): number | undefined {
  for (let id = 0; id < scores.length; id++) if (!(scores[id]! < Number.POSITIVE_INFINITY)) return scores[id];
  return undefined;
}
