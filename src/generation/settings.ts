import { abortable } from "../abortable";
import { type Random, random } from "../tensor";
import type { FileOptions } from "./file-options";
import type { Writer } from "./language-model";
import { leastLengths } from "./limits";
import { ofSampling } from "./option-checks";
import type { GenerateOptions } from "./options";
import { expectForcible, processorsOf } from "./processing";
import type { Processor } from "./processor";
import { checkSearch, type SearchSettings, searchOf, withoutOtherSearch } from "./search/settings";

/** Checked options, ready for the loop. */
export interface Settings {
  /** The function that the caller used, for messages. */
  where: string;
  endTokens: ReadonlySet<number>;
  mask: GenerateOptions["mask"];
  /** The score processors, in order. `prepare` loads those that are not here yet. */
  processors: readonly Processor[];
  prepare: () => Promise<void>;
  /** The random numbers for sampling; the best token is taken if undefined. */
  random: Random | undefined;
  signal: AbortSignal | undefined;
  /** Whether the time is over that rows may take. */
  isLate: () => boolean;
  onToken: GenerateOptions["onToken"];
  /** Whether tokens are told with their probabilities. */
  tells: boolean;
  cache: GenerateOptions["cache"];
  outputScores: boolean;
  outputLogits: boolean;
  /** How many of the most probable tokens are given with each new one. */
  alternatives: number | undefined;
  guidance: GenerateOptions["guidance"];
  /** What ends the rows of a model without end tokens. */
  constraint: GenerateOptions["constraint"];
  search: SearchSettings;
}

/** Turns checked options and the settings of the model's files into what the loop needs. */
export function settingsOf(given: GenerateOptions, file: FileOptions, writer: Writer): Settings {
  const samples = isSampling(given) ?? file.samples;
  const fromFile = { ...withoutOtherSearch(file.options, given, samples), ...(samples ? file.sampling() : {}) };
  const options: GenerateOptions = { ...fromFile, ...definedOf(given) };
  const { where } = writer;
  checkSearch(where, given, options, samples);
  const temperature = samples ? (options.temperature ?? 1) : 0;
  const source = random(options.seed ?? 0);
  const endTokens = new Set(options.endTokens ?? writer.sizes.endTokens);
  // A caller who sets endTokens also decides the forced end token.
  const ended = given.endTokens === undefined || given.forcedEndToken !== undefined;
  if (!ended && ![options.forcedEndToken ?? []].flat().some((id) => endTokens.has(id))) delete options.forcedEndToken;
  if (endTokens.size === 0 && (options.beams ?? 1) > 1 && typeof options.constraint === "object")
    throw new RangeError(
      `${where}: beams with a constraint need an end token to tell where a text ends; pass endTokens`,
    );
  const least = leastLengths(given, file);
  const ruled = { ...options, temperature, minNewTokens: least.newTokens };
  expectForcible(where, ruled);
  const settings: Settings = {
    where,
    endTokens,
    mask: options.mask,
    processors: [],
    prepare: () =>
      abortable(options.signal, async () => {
        settings.processors = await processorsOf(where, ruled, endTokens, least.length);
      }),
    random: temperature > 0 ? source : undefined,
    signal: options.signal,
    isLate: lateAfter(options.maxTime),
    onToken: options.onToken,
    tells: options.onToken !== undefined,
    cache: options.cache,
    outputScores: options.outputScores ?? false,
    outputLogits: options.outputLogits ?? false,
    alternatives: options.alternatives,
    guidance: options.guidance,
    constraint: endTokens.size === 0 ? options.constraint : undefined,
    search: searchOf(options, writer),
  };
  return settings;
}

function lateAfter(seconds: number | undefined): () => boolean {
  if (seconds === undefined) return () => false;
  const end = performance.now() + 1000 * seconds;
  return () => performance.now() >= end;
}

/** Whether the caller's options ask for samples; undefined if they leave it open. */
function isSampling(given: GenerateOptions): boolean | undefined {
  if (given.temperature !== undefined) return given.temperature > 0;
  const isContrastive = given.penaltyAlpha !== undefined;
  const asks = ([...ofSampling, "seed"] as const).some(
    (name) => given[name] !== undefined && !(isContrastive && name === "topK"),
  );
  return asks || (isContrastive ? false : undefined);
}

/** The given options. Lists are copied, so that later changes by the caller have no effect. */
const definedOf = (options: GenerateOptions): GenerateOptions =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, copied(value)]])),
  );

const copied = (value: unknown): unknown => (Array.isArray(value) ? Array.from(value, copied) : value);
