import type { Plan } from "../plan";
import type { Scorer } from "../scorer";
import { scorerOf } from "../scorer-of";
import type { Settings } from "../settings";
import { yieldToEventLoop } from "../yield";
import type { Beam, Hypothesis } from "./beam-group";
import { type Prompt, PromptSearch } from "./prompt-search";

/** The best texts of each prompt of a plan. */
export async function beamsOf(plan: Plan): Promise<(readonly Hypothesis[])[]> {
  const { ids, start, limits, maxNewTokens, settings } = plan;
  settings.signal?.throwIfAborted();
  if (maxNewTokens === 0)
    return start.map((row) =>
      Array.from({ length: settings.search.sequences }, () => ({ ids: row, score: 0, trail: [] })),
    );
  const prompts = start.map((row, number) => ({
    number,
    source: ids[number]!,
    start: row,
    limit: limits[number]!.tokens,
  }));
  return beamSearch(prompts, scorerOf(plan), settings);
}

/**
 * The best texts of each prompt, best first. Prompts are scored once and then split into beams; those that have found
 * their texts leave the batch.
 *
 * @throws RangeError if a prompt has fewer texts than asked for
 */
export async function beamSearch(
  prompts: readonly Prompt[],
  scorer: Scorer,
  settings: Settings,
): Promise<(readonly Hypothesis[])[]> {
  const searches = prompts.map((prompt, row) => new PromptSearch(prompt, settings, row));
  for (;;) {
    settings.signal?.throwIfAborted();
    const logits = await scorer.scores();
    for (const search of searches) if (search.running.length > 0) search.advance(logits, scorer.logits);
    const beams = searches.flatMap(({ running }) => running);
    if (beams.length === 0) break;
    goOn(scorer, beams, logits.length);
    await yieldToEventLoop();
  }
  return searches.map(({ finished }, row) => bestOf(settings, finished, row));
}

/** Makes the beams the batch, each with its last token. */
function goOn(scorer: Scorer, beams: readonly Beam[], rows: number): void {
  if (beams.length !== rows || beams.some(({ row }, at) => row !== at)) scorer.reorder(beams.map(({ row }) => row));
  beams.forEach((beam, at) => {
    beam.row = at;
  });
  scorer.push(beams.map(({ ids }) => ids.at(-1)!));
}

function bestOf(
  { where, search: { sequences: count } }: Settings,
  finished: readonly Hypothesis[],
  row: number,
): readonly Hypothesis[] {
  if (finished.length >= count) return finished.slice(0, count);
  if (finished.length === 0)
    throw new RangeError(`${where}: row ${row} has no possible text: the options exclude every token; loosen them`);
  throw new RangeError(
    `${where}: row ${row} has only ${finished.length} possible texts of the ${count} that sequences asks for; ask for fewer, or raise beams`,
  );
}
