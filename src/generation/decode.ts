import type { Random } from "../tensor";
import { bestToken, expectFinite, sampleToken } from "./choose";
import type { NewToken } from "./options";
import type { Plan } from "./plan";
import type { ScoreContext } from "./processor";
import { maximum } from "./processors/scores";
import { startOf } from "./prompt";
import type { Scorer } from "./scorer";
import type { Settings } from "./settings";
import { Stepper } from "./stepper";
import { yieldToEventLoop } from "./yield";

/** A new token and the scores that it was chosen from. */
export interface Choice extends NewToken {
  scores: Float32Array;
}

/** A row in progress. */
interface Row {
  source: readonly number[];
  ids: number[];
  random: Random | undefined;
  /** What processors keep of this row. */
  memory: Map<object, unknown>;
  ended: boolean;
}

/** The decoding loop: all rows step together, and finished rows stay in the batch. */
export async function* decode({ writer, ids, start, maxNewTokens, settings }: Plan): AsyncGenerator<Choice> {
  const { signal } = settings;
  signal?.throwIfAborted();
  if (maxNewTokens === 0) return;
  const stepper: Scorer = new Stepper(startOf(writer, ids, start, settings.mask), {
    cache: settings.cache,
    maxNewTokens,
  });
  const rows: Row[] = start.map((row, r) => ({
    source: ids[r]!,
    ids: [...row],
    random: settings.random?.stream(`row ${r}`),
    memory: new Map(),
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
      const place = { step, limit: maxNewTokens, last: step === maxNewTokens - 1 };
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
  at: Pick<ScoreContext, "step" | "limit" | "last">,
) {
  expectFinite(logits, place);
  const scores = processors.reduce((result, process) => process(result, { ...row, ...at }), logits);
  if (maximum(scores) === Number.NEGATIVE_INFINITY) throw new Error(`generate: no token is left to choose in ${place}`);
  return { id: row.random ? sampleToken(scores, row.random) : bestToken(scores), scores };
}
