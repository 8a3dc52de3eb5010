import type { Ids } from "../tensor";
import { Caches } from "./caches";
import { fileOptions } from "./file-options";
import { type GenerativeModel, type Writer, writerOf } from "./language-model";
import { type Limit, limitsOf } from "./limits";
import { checkGenerateOptions, checkTokens } from "./option-checks";
import type { GenerateOptions } from "./options";
import { firstTokens, promptsOf, rowsFor } from "./prompt";
import { type Settings, settingsOf } from "./settings";

/** The checked and copied arguments of a `generate` call. All rows are without padding. */
export interface Plan {
  writer: Writer;
  /** Each row's prompt, or its source for an encoder-decoder. */
  ids: Ids;
  /** The first tokens of each row: its prompt, or an encoder-decoder's start token and decoder prompt. */
  start: Ids;
  /** The same as it comes back, with the padding that a mask hides. */
  shown: Ids;
  /** The largest number of new tokens of each row, and why it ends there. */
  limits: readonly Limit[];
  /** The largest of these limits. */
  maxNewTokens: number;
  /** With guidance, the negative prompt of each row. */
  negative: Ids | undefined;
  settings: Settings;
  /** To be ended with the generation. */
  caches: Caches;
}

/**
 * Checks everything that can be checked before the model runs.
 *
 * @param where the function that the caller used, for messages
 */
export function planOf(where: string, model: GenerativeModel, ids: Ids, options: GenerateOptions): Plan {
  const writer = writerOf(where, model);
  checkGenerateOptions(where, options);
  checkTokens(where, options, writer.sizes.vocabSize);
  const file = fileOptions(where, model, options.without);
  const settings = settingsOf(options, file, writer);
  const prompts = promptsOf(writer, ids, settings.mask);
  const start = firstTokens(writer, prompts, options.decoderPrompt);
  const negative = negativeOf(writer, prompts, settings);
  // The negative prompt goes on with the same tokens, and must fit too.
  const longest = writer.encode ? start : start.map((row, r) => longer(row, negative?.[r] ?? []));
  const limits = limitsOf(writer, start, longest, options, file);
  return {
    ...{ writer, ids: prompts, start, limits, negative, settings },
    caches: new Caches(settings.cache, writer, settings.search.contrastive !== undefined),
    shown: writer.encode ? start : ids.map((row) => [...row]),
    maxNewTokens: Math.max(...limits.map(({ tokens }) => tokens)),
  };
}

/** If the caller gives none, the last token of each prompt, as in transformers. A scale of 1 changes nothing. */
function negativeOf(writer: Writer, prompts: Ids, { guidance }: Settings): Ids | undefined {
  if (guidance === undefined) return undefined;
  const { negativePrompt, scale } = guidance;
  const rows = negativePrompt && rowsFor(writer, "guidance.negativePrompt", negativePrompt, prompts.length);
  if (rows?.some((row) => row.length === 0))
    throw new RangeError(`${writer.where}: guidance.negativePrompt is empty; omit it, or give at least one token`);
  return scale === 1 ? undefined : (rows ?? prompts.map((row) => row.slice(-1)));
}

const longer = (one: readonly number[], other: readonly number[]) => (one.length < other.length ? other : one);
