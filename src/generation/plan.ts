import type { Ids } from "../tensor";
import { fileOptions } from "./file-options";
import { type GenerativeModel, type Writer, writerOf } from "./language-model";
import { checkGenerateOptions, checkTokens } from "./option-checks";
import type { GenerateOptions } from "./options";
import { checkPrompt, expectFeasible, firstTokens, newTokensFor } from "./prompt";
import { type Settings, settingsOf } from "./settings";

/** The checked and copied arguments of a `generate` call. */
export interface Plan {
  writer: Writer;
  ids: Ids;
  /** The start of each row of the result. */
  start: Ids;
  maxNewTokens: number;
  settings: Settings;
}

/** Checks everything that can be checked before the model runs. */
export function planOf(model: GenerativeModel, ids: Ids, options: GenerateOptions): Plan {
  const writer = writerOf("generate", model);
  checkGenerateOptions("generate", options);
  checkTokens("generate", options, writer.sizes.vocabSize);
  const file = fileOptions("generate", model, options.without);
  const settings = settingsOf(options, file, writer.sizes.endTokens);
  checkPrompt(writer, ids, settings.mask);
  // Beams find several sequences themselves; samples are drawn for as many rows.
  const times = settings.search.beams === 1 ? settings.search.sequences : 1;
  const copy = repeated(ids, times);
  settings.mask &&= repeated(settings.mask, times);
  const maxNewTokens = newTokensFor(writer, copy, settings.maxNewTokens, file);
  const start = firstTokens(writer, copy);
  expectFeasible(start, maxNewTokens, options, file);
  return { writer, ids: copy, start, maxNewTokens, settings };
}

/** Each row as many times. */
const repeated = (rows: Ids, times: number): number[][] =>
  rows.flatMap((row) => Array.from({ length: times }, () => [...row]));
