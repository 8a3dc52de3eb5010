import { type Random, random } from "../tensor";
import { type ScoreProcessor, temperature, topK, topP } from "./processors";

/** A token that a row has been given. */
export interface NewToken {
  row: number;
  id: number;
}

/** How `generate` goes about it. Every field is optional; one that is not listed here is refused by name. */
export interface GenerateOptions {
  /** The most tokens a row is given; 20 unless given, or as many as the context has room for. */
  maxNewTokens?: number | undefined;
  /** What scores are divided by before sampling; 0, unless given, takes the best token every time. */
  temperature?: number | undefined;
  /** Sample from the k best tokens, and those that tie with the last of them. */
  topK?: number | undefined;
  /** Sample from the smallest set of best tokens with at least this share of the probability, in (0, 1]. */
  topP?: number | undefined;
  /** The tokens that end a row, kept as its last; the model's own unless given, none if empty. */
  endTokens?: readonly number[] | undefined;
  /** 1 for the tokens of `ids` and 0 for padding, [batch][seq]. A decoder's prompts are padded on the left. */
  mask?: readonly (readonly number[])[] | undefined;
  /** Where random numbers start, 0 unless given. Each row draws its own: what it becomes does not depend on the others. */
  seed?: number | undefined;
  /** Stops the work: rejects with the signal's reason before the next token. */
  signal?: AbortSignal | undefined;
  /** Called with each token as it comes. */
  onToken?: ((token: NewToken) => void) | undefined;
  /**
   * Keep keys and values of earlier tokens instead of computing them at every step. Unless given, wherever each module of
   * the model declares that it can, `Module.caching`; true refuses a model that cannot, by the module at fault.
   */
  cache?: boolean | undefined;
  /** Also give the scores that each new token was taken from; false unless given. */
  outputScores?: boolean | undefined;
}

/** Options that were checked. */
export interface Settings {
  maxNewTokens: number | undefined;
  endTokens: ReadonlySet<number>;
  mask: GenerateOptions["mask"];
  /** What scores pass through, in this order. */
  processors: readonly ScoreProcessor[];
  /** The best token unless there are random numbers to sample with. */
  random: Random | undefined;
  signal: AbortSignal | undefined;
  onToken: GenerateOptions["onToken"];
  cache: boolean | undefined;
  outputScores: boolean;
}

/** Options that other libraries have, or that this one will have. */
const unavailable = new Set([
  ...["minNewTokens", "minP", "typicalP", "repetitionPenalty", "frequencyPenalty", "presencePenalty"],
  ...["noRepeatNgram", "beams", "lengthPenalty", "earlyStopping", "badWords", "constraint"],
]);

/** One check for each option, so that none can be added unchecked. */
const checks: { readonly [Name in keyof Required<GenerateOptions>]: (name: string, value: unknown) => void } = {
  maxNewTokens: wholeNumber(0),
  temperature: number((value) => value >= 0 && value < Number.POSITIVE_INFINITY, "0 (always the best token) or more"),
  topK: wholeNumber(1),
  topP: number((value) => value > 0 && value <= 1, "above 0, and at most 1"),
  endTokens: (name, value) => {
    if (!Array.isArray(value))
      throw new TypeError(`generate: ${name} must be an array of token ids, not ${show(value)}`);
    for (const [i, id] of value.entries()) wholeNumber(0)(`${name}[${i}]`, id);
  },
  mask: (name, value) => {
    if (!Array.isArray(value))
      throw new TypeError(`generate: ${name} must be [batch][seq] of 1 and 0, not ${show(value)}`);
  },
  seed: (name, value) => expectKind(name, value, "number"),
  signal: (name, value) => {
    if (!(value instanceof AbortSignal))
      throw new TypeError(`generate: ${name} must be an AbortSignal, not ${show(value)}`);
  },
  onToken: (name, value) => expectKind(name, value, "function"),
  cache: (name, value) => expectKind(name, value, "boolean"),
  outputScores: (name, value) => expectKind(name, value, "boolean"),
};

/**
 * Checks every option, and makes of them what the loop needs.
 *
 * @throws TypeError for an option that is unknown or of the wrong kind; RangeError for a wrong value
 */
export function settingsOf(options: GenerateOptions, defaultEndTokens: readonly number[] = []): Settings {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`generate: the options must be an object, not ${show(options)}`);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (unavailable.has(name)) throw new TypeError(`generate: ${name} is not available`);
    if (!isOption(name))
      throw new TypeError(`generate: there is no option ${name}; the options are ${Object.keys(checks).join(", ")}`);
    checks[name](name, value);
  }
  const source = random(options.seed ?? 0);
  const sampling = (options.temperature ?? 0) > 0;
  return {
    maxNewTokens: options.maxNewTokens,
    endTokens: new Set(options.endTokens ?? defaultEndTokens),
    mask: options.mask,
    processors: sampling ? samplingProcessors(options) : [],
    random: sampling ? source : undefined,
    signal: options.signal,
    onToken: options.onToken,
    cache: options.cache,
    outputScores: options.outputScores ?? false,
  };
}

/** What narrows the choice down before sampling, in the order of the reference. */
function samplingProcessors(options: GenerateOptions): ScoreProcessor[] {
  const processors: ScoreProcessor[] = [];
  if (options.temperature !== undefined) processors.push(temperature(options.temperature));
  if (options.topK !== undefined) processors.push(topK(options.topK));
  if (options.topP !== undefined) processors.push(topP(options.topP));
  return processors;
}

const isOption = (name: string): name is keyof GenerateOptions => Object.hasOwn(checks, name);

function expectKind(name: string, value: unknown, kind: "number" | "function" | "boolean"): void {
  if (typeof value !== kind) throw new TypeError(`generate: ${name} must be a ${kind}, not ${show(value)}`);
}

function number(isRight: (value: number) => boolean, wanted: string) {
  return (name: string, value: unknown) => {
    if (typeof value !== "number") throw new TypeError(`generate: ${name} must be a number, not ${show(value)}`);
    if (!isRight(value)) throw new RangeError(`generate: ${name} must be ${wanted}, not ${value}`);
  };
}

function wholeNumber(minimum: number) {
  return number((value) => Number.isSafeInteger(value) && value >= minimum, `a whole number of ${minimum} or more`);
}

/** A wrong value, short. */
function show(value: unknown): string {
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}
