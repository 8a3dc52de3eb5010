import type { Checks } from "../checks";
import { type GenerateOptions, generateStream, type NewToken } from "../generation";
import { checkGenerateOptions, refuseScores } from "../generation/internal";
import type { Tokenizer } from "../tokenizer";
import { decoderOf, expectText, type Loaded } from "./pretrained";
import { StopStrings, stopsCheck } from "./stop-strings";

export interface CompleteOptions extends GenerateOptions {
  /**
   * The text ends before the first of these strings. They may contain special tokens as text, such as `<|end|>`,
   * although special tokens are never part of the result.
   */
  stop?: readonly string[] | undefined;
}

/**
 * Streams the continuation of a text, piece by piece as it is sampled. Pieces consist of whole characters; joined, they
 * equal the result of `complete`. Options are those of `generate`, and `stop`; they default to the model's
 * generation_config.json.
 *
 * @throws TypeError if the model cannot continue texts. Wrong arguments throw at the call, other errors while iterating
 */
export function stream(pretrained: Loaded, text: string, options: CompleteOptions = {}): AsyncGenerator<string> {
  return written("stream", pretrained, text, options);
}

/**
 * The continuation of a text, without the text itself.
 *
 * @throws TypeError if the model cannot continue texts
 */
export async function complete(pretrained: Loaded, text: string, options: CompleteOptions = {}): Promise<string> {
  let whole = "";
  for await (const piece of written("complete", pretrained, text, options)) whole += piece;
  return whole;
}

const checks: Checks<Pick<CompleteOptions, "stop">> = { stop: stopsCheck };

/** Checks everything that can be known before the model runs. */
function written(task: string, pretrained: Loaded, text: string, options: CompleteOptions): AsyncGenerator<string> {
  const { model, sizes } = decoderOf(task, pretrained);
  expectText(task, "text", text);
  checkGenerateOptions(task, options, checks);
  refuseScores(task, options);
  const { stop = [], ...generation } = options;
  const stops = new StopStrings(task, stop);
  const { ids } = pretrained.tokenizer.encode(text);
  const tokens = generateStream(model, [ids], generation);
  const ends = new Set(generation.endTokens ?? sizes.endTokens ?? []);
  const special = stop.length > 0 ? specialTexts(pretrained.tokenizer) : () => "";
  return pieces(pretrained.tokenizer, { ids, tokens, ends, stops, special });
}

interface Writing {
  /** Of the prompt. */
  ids: readonly number[];
  tokens: AsyncIterable<NewToken>;
  ends: ReadonlySet<number>;
  stops: StopStrings;
  /** The text of a special token where stop strings may hold it. */
  special: (id: number) => string;
}

async function* pieces(tokenizer: Tokenizer, { ids, tokens, ends, stops, special }: Writing): AsyncGenerator<string> {
  const decoder = tokenizer.decodeStream();
  // Spaces between tokens depend on what precedes them, so the prompt is decoded too, and removed.
  const given = ids.reduce((length, id) => length + decoder.push(id).length, 0);
  let prompt = tokenizer.decode(ids).length - given;
  const beyondPrompt = (piece: string): string => {
    const kept = piece.slice(prompt);
    prompt = Math.max(0, prompt - piece.length);
    return kept;
  };
  for await (const { id } of tokens) {
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
