import { type Writer, writerOf } from "../language-model";
import type { GenerateOptions } from "../options";

/** How to search, from checked options. */
export interface SearchSettings {
  /** Contrastive search among the k best tokens. */
  readonly contrastive?: { readonly alpha: number; readonly k: number } | undefined;
  /** Speculative decoding with a model, or by looking up the row's own text. */
  readonly draft?: { readonly writer: Writer; readonly tokens: number } | undefined;
  readonly promptLookup?: GenerateOptions["promptLookup"];
  readonly beams: number;
  readonly beamGroups: number;
  readonly diversityPenalty: number;
  readonly lengthPenalty: number;
  readonly earlyStopping: boolean | "never";
  /** How many sequences to return for each prompt. */
  readonly sequences: number;
}

export const searchOf = (options: GenerateOptions, writer: Writer): SearchSettings => ({
  contrastive: contrastiveOf(options, writer),
  draft: options.draft && { writer: draftWriter(options.draft.model, writer), tokens: options.draft.tokens },
  promptLookup: options.promptLookup,
  beams: options.beams ?? 1,
  beamGroups: options.beamGroups ?? 1,
  diversityPenalty: options.diversityPenalty ?? 0,
  lengthPenalty: options.lengthPenalty ?? 1,
  earlyStopping: options.earlyStopping ?? false,
  sequences: options.sequences ?? 1,
});

/** @throws TypeError if the model's hidden states cannot be read */
function contrastiveOf(
  { penaltyAlpha, topK }: GenerateOptions,
  { where, states }: Writer,
): SearchSettings["contrastive"] {
  if (penaltyAlpha === undefined) return undefined;
  if (states === undefined)
    throw new TypeError(
      `${where}: penaltyAlpha compares hidden states, which this model does not give; use a DecoderModel or an EncoderDecoderModel whose forward is not overridden`,
    );
  return { alpha: penaltyAlpha, k: topK! };
}

/** @throws RangeError or TypeError unless the draft model can propose tokens to the other */
function draftWriter(model: unknown, { where, sizes, encode }: Writer): Writer {
  const draft = writerOf(`${where}: draft`, model);
  if (draft.sizes.vocabSize !== sizes.vocabSize)
    throw new RangeError(
      `${where}: draft.model has a vocabulary of ${draft.sizes.vocabSize} tokens and the model one of ${sizes.vocabSize}; they must have the same tokens`,
    );
  if ((draft.encode === undefined) !== (encode === undefined))
    throw new TypeError(`${where}: draft.model and the model must both be decoders, or both encoder-decoders`);
  return draft;
}

/** Options that only a search with beams has, and the values with which they do nothing. */
const idleValues = { lengthPenalty: 1, earlyStopping: false, beamGroups: 1, diversityPenalty: 0 } as const;
const ofBeams = Object.keys(idleValues) as (keyof typeof idleValues)[];
/** Options that are a search of their own. */
const others = ["penaltyAlpha", "draft", "promptLookup"] as const;

/**
 * The options of a model's file, without those of a search that does not happen, because the caller has chosen another
 * one or, as in transformers, because beams and sampling go before contrastive search.
 */
export function withoutOtherSearch(file: GenerateOptions, given: GenerateOptions, samples: boolean): GenerateOptions {
  const isOther = others.some((name) => given[name] !== undefined);
  const { beams, beamGroups, diversityPenalty, sequences, penaltyAlpha, topK, ...rest } = file;
  const groups = { beams, beamGroups, diversityPenalty, sequences };
  const withBeams = isOther || given.beams === 1 ? { ...rest, ...(samples && { sequences }) } : { ...rest, ...groups };
  const isContrastive = !isOther && !samples && (given.beams ?? beams ?? 1) === 1;
  return Object.fromEntries(
    Object.entries({ ...withBeams, ...(isContrastive && { penaltyAlpha, topK }) }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

/**
 * @param given the caller's options
 * @param options those of the model's files too
 * @throws RangeError for options that contradict each other or have no effect, TypeError for one that is missing
 */
export function checkSearch(where: string, given: GenerateOptions, options: GenerateOptions, samples: boolean): void {
  const { beams = 1, beamGroups = 1, sequences = 1 } = options;
  const [first, second] = others.filter((name) => options[name] !== undefined);
  const refuse = (message: string): never => {
    throw new RangeError(`${where}: ${message}`);
  };
  if (second !== undefined) refuse(`${first} and ${second} are different searches; give one of them`);
  if (first !== undefined && beams > 1) refuse(`${first} and beams are different searches; give one of them`);
  if (options.penaltyAlpha !== undefined) checkContrastive(where, options, samples);
  if (first !== undefined && (options.guidance?.scale ?? 1) !== 1)
    refuse(`guidance cannot be combined with ${first}; give one of them`);
  const [idle] = ofBeams.filter((name) => (given[name] ?? idleValues[name]) !== idleValues[name]);
  if (idle !== undefined && beams === 1)
    refuse(`${idle} has no effect without beams; pass beams of 2 or more, or omit it`);
  if (beams % beamGroups !== 0) refuse(`beams ${beams} cannot be divided into beamGroups ${beamGroups} of equal size`);
  if (beamGroups === 1 && (given.diversityPenalty ?? 0) > 0)
    refuse("diversityPenalty has no effect without beamGroups; pass beamGroups of 2 or more");
  if (beamGroups > 1 && options.diversityPenalty === undefined)
    throw new TypeError(`${where}: diversityPenalty is missing; without it all beamGroups find the same texts`);
  if (beamGroups > 1 && samples)
    refuse("beamGroups cannot be combined with sampling; pass temperature: 0, or omit them");
  if (beams > 1 && sequences > beams) refuse(`sequences ${sequences} is more than beams ${beams}; raise beams`);
  if (beams === 1 && sequences > 1 && !samples)
    refuse(`sequences ${sequences} would all be the same; use beams, or a temperature above 0`);
  if (beams > 1 && options.onToken)
    throw new TypeError(`${where}: onToken cannot be used with beams: tokens are known only when the search has ended`);
}

function checkContrastive(where: string, { topK }: GenerateOptions, samples: boolean): void {
  if (topK === undefined)
    throw new TypeError(`${where}: topK is missing; penaltyAlpha chooses among the topK most probable tokens`);
  if (samples)
    throw new RangeError(
      `${where}: penaltyAlpha cannot be combined with sampling; omit temperature, seed and the filters but topK`,
    );
}

/** @throws TypeError if tokens are to be streamed from a search that knows them only at its end */
export function refuseBeams(where: string, { beams }: SearchSettings): void {
  if (beams > 1)
    throw new TypeError(
      `${where}: beams cannot be streamed, because a search may still replace every token until it ends; use generate, or pass beams: 1`,
    );
}
