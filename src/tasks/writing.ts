import type { Checks } from "../checks";
import { FormatError } from "../errors";
import type { GenerateOptions } from "../generation";
import { bound, generatedBy, idsOf, type Plan, planOf } from "../generation/internal";
import { generationSettingsOf } from "../models/internal";
import type { Tokenizer } from "../tokenizer";
import type { Loaded } from "./loaded";
import type { TextModel } from "./pretrained";
import { StopStrings } from "./stop-strings";
import { type CompleteOptions, checkWritingOptions } from "./writing-options";

/** The field of generation_config.json with stop strings, which tasks honour: `generate` knows no text. */
const STOPS = "stop_strings";

/**
 * Checks the options of a task that writes a text.
 *
 * @param more the task's own options
 */
export function checkWriting<More extends object>(
  task: string,
  textModel: TextModel,
  options: CompleteOptions & More,
  more?: Checks<More>,
): void {
  checkWritingOptions(task, options, more);
  // What depends on the model and its files, before the text itself is known.
  stopsOf(textModel, options);
  planOf(task, textModel.model, [[0]], { ...generationIn(options, Object.keys(more ?? {})), constraint: undefined });
}

/**
 * The strings that end a text: the caller's, or those of the model's files.
 *
 * @throws FormatError if stop_strings is neither a non-empty string nor a list of them
 */
export function stopsOf({ model }: TextModel, { stop, without }: CompleteOptions): readonly string[] {
  const { file = "", fields = {} } = generationSettingsOf(model) ?? {};
  const found = without?.includes(STOPS) ? undefined : (fields[STOPS] ?? undefined);
  if (stop !== undefined || found === undefined) return stop ?? [];
  const stops: unknown[] = Array.isArray(found) ? found : [found];
  if (stops.every(isStop)) return stops;
  throw new FormatError({
    file,
    at: STOPS,
    found: JSON.stringify(found).slice(0, 80),
    expected: "a non-empty string, or a list of them",
  });
}

const isStop = (value: unknown): value is string => typeof value === "string" && value !== "";

/** The options of `generate` among a task's options. */
export function generationIn<More extends object>(
  options: CompleteOptions & More,
  own: readonly string[] = [],
): GenerateOptions {
  const task = new Set(["stop", ...own]);
  const generation = Object.fromEntries(Object.entries(options).filter(([name]) => !task.has(name)));
  return { ...generation, without: [...(options.without ?? []), STOPS] };
}

/** What is written, and how. */
export interface Writing {
  /** A decoder's prompt, or an encoder-decoder's source. */
  ids: readonly number[];
  /** Checked options of `generate`. */
  generation: GenerateOptions;
  stop: readonly string[];
}

/** Streams the text that a model writes, in pieces of whole characters. */
export function written(
  task: string,
  { tokenizer }: Loaded,
  textModel: TextModel,
  { ids, generation, stop }: Writing,
): AsyncGenerator<string> {
  const stops = new StopStrings(task, stop);
  const plan = planOf(task, textModel.model, [ids], bound(generation, tokenizer));
  const ends = new Set(generation.endTokens ?? textModel.sizes.endTokens ?? []);
  const special = stop.length > 0 ? specialTexts(tokenizer) : () => "";
  // An encoder-decoder's text follows its start token and the first tokens that the caller gave.
  const prompt = textModel.encodes ? [generation.decoderPrompt ?? []].flat(2) : ids;
  return pieces(tokenizer, { ids: prompt, tokens: tokensOf(plan), ends, stops, special });
}

/** All pieces of a stream. */
export async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let whole = "";
  for await (const piece of pieces) whole += piece;
  return whole;
}

/** The new tokens, as they are generated; a search with beams knows none of them before it ends. */
async function* tokensOf(plan: Plan): AsyncGenerator<number> {
  if (plan.settings.search.beams > 1) {
    const { sequences } = await generatedBy(plan);
    yield* sequences[0]!.slice(plan.start[0]!.length);
    return;
  }
  yield* idsOf(plan);
}

interface Pieces {
  /** Of the prompt. */
  ids: readonly number[];
  tokens: AsyncIterable<number>;
  ends: ReadonlySet<number>;
  stops: StopStrings;
  /** The text of a special token where stop strings may hold it. */
  special: (id: number) => string;
}

async function* pieces(tokenizer: Tokenizer, { ids, tokens, ends, stops, special }: Pieces): AsyncGenerator<string> {
  const decoder = tokenizer.decodeStream();
  // Spaces between tokens depend on what precedes them, so the prompt is decoded too, and removed.
  const given = ids.reduce((length, id) => length + decoder.push(id).length, 0);
  let prompt = tokenizer.decode(ids).length - given;
  const beyondPrompt = (piece: string): string => {
    const kept = piece.slice(prompt);
    prompt = Math.max(0, prompt - piece.length);
    return kept;
  };
  for await (const id of tokens) {
    const piece = stops.push(ends.has(id) ? "" : beyondPrompt(decoder.push(id))) + stops.push(special(id), false);
    if (piece !== "") yield piece;
    if (stops.stopped) return;
  }
  const rest = stops.push(beyondPrompt(decoder.end())) + stops.end();
  if (rest !== "") yield rest;
}

/** The text of a special token, which decoding omits; empty for other tokens. */
function specialTexts(tokenizer: Tokenizer): (id: number) => string {
  const known = new Map<number, string>();
  const find = (id: number): string => {
    const token = tokenizer.idToToken(id) ?? "";
    // A token without text of its own, such as a space before the first word, contributes nothing either way.
    if (token === "" || tokenizer.decode([id]) !== "") return "";
    return tokenizer.decode([id], { skipSpecial: false }) === token ? token : "";
  };
  return (id) => {
    const text = known.get(id) ?? find(id);
    known.set(id, text);
    return text;
  };
}
