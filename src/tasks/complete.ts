import { type GenerateOptions, generateStream } from "../generation";
import { decoderOf, expectText, type Loaded } from "./pretrained";
import { StopStrings } from "./stop-strings";

export interface CompleteOptions extends GenerateOptions {
  /** The text ends before the first of these. */
  stop?: readonly string[] | undefined;
}

/**
 * What the model writes after a text, piece by piece as it is sampled. Pieces are whole characters; joined they are what
 * `complete` gives.
 *
 * @throws TypeError if the model is not a decoder
 */
export async function* stream(pretrained: Loaded, text: string, options: CompleteOptions = {}): AsyncGenerator<string> {
  const { stop = [], ...generation } = options;
  const model = decoderOf("stream", pretrained);
  expectText("stream", "text", text);
  const { ids } = pretrained.tokenizer.encode(text);
  const ends = new Set(generation.endTokens ?? model.config.endTokens ?? []);
  const decoder = pretrained.tokenizer.decodeStream();
  // Spaces between tokens depend on what stands before, so the prompt is decoded as well, and left out.
  const given = ids.reduce((length, id) => length + decoder.push(id).length, 0);
  let prompt = pretrained.tokenizer.decode(ids).length - given;
  const written = (piece: string): string => {
    const kept = piece.slice(prompt);
    prompt = Math.max(0, prompt - piece.length);
    return kept;
  };
  const stops = new StopStrings(stop);
  for await (const { id } of generateStream(model, [ids], generation)) {
    const piece = stops.push(ends.has(id) ? "" : written(decoder.push(id)));
    if (piece !== "") yield piece;
    if (stops.stopped) return;
  }
  const rest = stops.push(written(decoder.end())) + stops.end();
  if (rest !== "") yield rest;
}

/**
 * What the model writes after a text, without the text itself.
 *
 * @throws TypeError if the model is not a decoder
 */
export async function complete(pretrained: Loaded, text: string, options: CompleteOptions = {}): Promise<string> {
  let written = "";
  for await (const piece of stream(pretrained, text, options)) written += piece;
  return written;
}
