import { type CacheConfig, KeyValueCache, Linear, type Module, OutputHead, type Pass, type Sequence } from "../blocks";
import { declaringPrototype, expectModule, isCovered, named, withoutCaching } from "../blocks/internal";
import { arrayOf, type Checks, expectRecord, wholeIn, wrongKind } from "../checks";
import { DecoderModel, type EncoderDecoderModel, type ScoreLayer } from "../models";
import { classOfModel } from "../models/internal";
import { type Ids, ShapeError, slice, Tensor } from "../tensor";
import { sameShape } from "../tensor/internal";

/** The config fields of a model that generates text. */
export interface TextConfig {
  /** The number of tokens in the vocabulary. */
  vocabSize: number;
  /** The largest number of tokens in a text. */
  contextLength: number;
  /** The tokens that end a text; none if omitted. */
  endTokens?: readonly number[] | undefined;
  /** The first token of every target of an encoder-decoder. */
  startToken?: number | undefined;
  /** When a text grows past this many tokens, the model runs on all of it again, with an empty cache; never if omitted. */
  rereadAfter?: number | undefined;
}

/** A model that declares its sizes, in a `config` or in its own fields. */
export type SaysSizes = { readonly config: TextConfig } | Readonly<TextConfig>;

/** Any module that scores the next token: ids [batch][seq] → logits [batch, seq, vocabSize]. */
export type LanguageModel = Module & { forward(ids: Ids, pass?: Pass): Tensor } & SaysSizes;

/** Any module that reads a source and scores the next token of a target. */
export type SequenceToSequenceModel = Module & {
  /** ids [batch][source] → memory [batch, source, dModel]. */
  encode(sourceIds: Ids, pass?: Pass): Tensor<Sequence>;
  /** ids [batch][seq] and memory → logits [batch, seq, vocabSize]. */
  decode(targetIds: Ids, memory: Tensor<Sequence>, pass?: Pass): Tensor;
} & SaysSizes;

/** Models that can generate text: those of the library, or the caller's own module. */
export type GenerativeModel = DecoderModel | EncoderDecoderModel | LanguageModel | SequenceToSequenceModel;

/** A model as the decoding loop uses it. */
export interface Writer {
  /** The function that the caller used, for messages. */
  readonly where: string;
  readonly model: Module;
  readonly sizes: TextConfig;
  /** Runs the encoder, if any. */
  readonly encode?: (sourceIds: Ids, pass: Pass) => Tensor<Sequence>;
  /** Whether a mask hides padding before a prompt: then rows of different lengths run together. */
  readonly hidesPadding: boolean;
  /** Whether nobody else sees the arrays that `lastLogits` computes. */
  readonly givesScores: boolean;
  /** Up to this length of a text, each position is the same however long the text is. */
  readonly steadyLength: number;
  /** The caller's own modules that declare `caching`, for an error message. */
  readonly claims: readonly string[];
  /**
   * A cache, or undefined if the model cannot run with one.
   *
   * @throws TypeError that names the module that prevents it, if a cache is required
   */
  cache(config: CacheConfig, required: boolean): KeyValueCache | undefined;
  /** The scores of the last `count` positions, [batch, count, vocabSize]. */
  lastLogits(ids: Ids, pass: Pass, count: number): Tensor;
  /** How the scores come about, if the last hidden state can be read: scores are head(hidden(ids)). */
  readonly states?: {
    hidden(ids: Ids, pass: Pass): Tensor<Sequence>;
    head(hidden: Tensor<Sequence>): Tensor;
  };
}

/** @throws TypeError or RangeError unless the model can generate text */
export function writerOf(where: string, model: unknown): Writer {
  expectModule(where, "model", model);
  const own = classOfModel(model);
  if (own?.kind === "encoder")
    throw new TypeError(`${where}: an EncoderModel cannot generate text; use a DecoderModel or an EncoderDecoderModel`);
  const sizes = sizesOf(where, model);
  if (isSequenceToSequence(model)) {
    const encode = (ids: Ids, pass: Pass) => model.encode(ids, pass);
    if (isTranslator(model)) return { ...decoderWriter(where, model.decoder), sizes, encode };
    return {
      ...ownWriter(where, model, sizes, (ids, { memory, ...pass }) => model.decode(ids, memory!, pass)),
      encode,
    };
  }
  if (model instanceof DecoderModel) return decoderWriter(where, model);
  if (!hasForward(model)) throw new TypeError(`${where}: the model has no forward(ids, pass)`);
  return ownWriter(where, model, sizes, (ids, pass) => model.forward(ids, pass));
}

/** Whether it is an EncoderDecoderModel that decodes as the class does. */
function isTranslator(model: Module): model is EncoderDecoderModel {
  const own = classOfModel(model);
  return own?.kind === "encoder-decoder" && isOurs(model, own, ["decode", "hidden"]);
}

/** Runs the head on the last position only, unless a subclass overrides `forward`. */
function decoderWriter(where: string, model: DecoderModel): Writer {
  const { config: sizes, head } = model;
  if (!isOurs(model, DecoderModel, ["forward"]))
    return ownWriter(where, model, sizes, (ids, pass) => model.forward(ids, pass));
  if (head === undefined || !scoresTokens(head))
    throw new TypeError(`${where}: the model has no head that scores the next token`);
  return {
    ...{ where, model, sizes, steadyLength: steadyLengthOf(model) },
    claims: claimsOf(model),
    cache: (config, required) => cacheFor(model, config, required),
    hidesPadding: hidesPadding(model),
    givesScores: isPlainHead(head),
    lastLogits: (ids, pass, count) => head.forward(lastPositions(model.hidden(ids, pass), count)),
    states: { hidden: (ids, pass) => model.hidden(ids, pass), head: (hidden) => head.forward(hidden) },
  };
}

/** A head of the caller's may keep its scores. */
const isPlainHead = (head: object): boolean =>
  head instanceof OutputHead &&
  head.forward === OutputHead.prototype.forward &&
  head.projection.forward === Linear.prototype.forward;

/** Heads of other kinds give scores of another shape. The caller's own head need not say its kind. */
const scoresTokens = ({ kind }: ScoreLayer): boolean => kind === undefined || kind === "languageModel";

/** The caller's own model: its output is checked. */
function ownWriter(where: string, model: Module, sizes: TextConfig, forward: (ids: Ids, pass: Pass) => Tensor): Writer {
  return {
    ...{ where, model, sizes, steadyLength: steadyLengthOf(model) },
    claims: claimsOf(model),
    // Its forward may do anything.
    hidesPadding: false,
    givesScores: false,
    cache: (config, required) => cacheFor(model, config, required),
    lastLogits(ids, pass, count) {
      const [batch, seq] = [ids.length, ids[0]!.length];
      const held = pass.cache?.length ?? 0;
      pass.cache?.begin(model);
      const logits = forward(ids, pass);
      const wanted = `logits [batch, seq, vocabSize], [${batch}, ${seq}, ${sizes.vocabSize}]`;
      if (!(logits instanceof Tensor)) throw wrongKind(where, "the output of the model", wanted, logits);
      if (!sameShape(logits.shape, [batch, seq, sizes.vocabSize]))
        throw new ShapeError(`${where}: the output of the model must be ${wanted}, not ${logits.describe()}`);
      if (pass.cache && pass.cache.length !== held + seq)
        throw new Error(
          `${where}: the cache holds ${pass.cache.length} positions after ${held + seq}; a model that declares "caching" must call pass.cache.advance(seq) at the end of forward`,
        );
      return lastPositions(logits, count);
    },
  };
}

function cacheFor(model: Module, config: CacheConfig, required: boolean): KeyValueCache | undefined {
  if (!required && withoutCaching(model) !== undefined) return undefined;
  const cache = new KeyValueCache(config);
  cache.begin(model);
  return cache;
}

const steadyLengthOf = (model: Module): number =>
  [...model.modules().values()].reduce((least, module) => {
    const length: unknown = Reflect.get(module, "steadyLength");
    return typeof length === "number" ? Math.min(least, length) : least;
  }, Infinity);

/** Whether all modules are ours, and none of them is known to see padding that a mask hides. */
const hidesPadding = (model: Module): boolean =>
  withoutCaching(model) === undefined &&
  claimsOf(model).length === 0 &&
  [...model.modules().values()].every((module) => Reflect.get(module, "seesPadding") !== true);

function claimsOf(model: Module): string[] {
  return [...model.modules()]
    .map(([path, module]) => ({ path, module }))
    .filter(({ module }) => module.caching !== undefined && !isCovered(declaringPrototype(module)))
    .map((place) => `${named(place)}, which declares "${place.module.caching}"`);
}

/** [batch, seq, size] → [batch, count, size] */
export const lastPositions = (x: Tensor, count: number): Tensor<Sequence> =>
  x.shape[1] === count ? (x as Tensor<Sequence>) : (slice(x, { axis: 1, start: -count }) as Tensor<Sequence>);

/** Whether the methods are those of the class, not of a subclass or of the instance. */
function isOurs(model: Module, { prototype }: { prototype: object }, methods: readonly string[]): boolean {
  return methods.every((name) => Reflect.get(model, name) === Reflect.get(prototype, name));
}

const hasForward = (model: Module): model is Module & { forward(ids: Ids, pass: Pass): Tensor } =>
  typeof Reflect.get(model, "forward") === "function";

const isSequenceToSequence = (model: Module): model is SequenceToSequenceModel =>
  ["encode", "decode"].every((name) => typeof Reflect.get(model, name) === "function");

const size = wholeIn({ least: 1 });

const token = wholeIn({ least: 0 });
const sizeChecks: Checks<TextConfig> = {
  vocabSize: size,
  contextLength: size,
  endTokens: arrayOf(token, "an array of token ids"),
  startToken: token,
  rereadAfter: wholeIn({ least: 1 }),
};

/** The sizes from a model's fields, or from its `config`. */
function sizesOf(where: string, model: Module): TextConfig {
  const config: unknown = Reflect.get(model, "config") ?? {};
  expectRecord(where, "model.config", config);
  const sizes: { [Name in keyof TextConfig]?: unknown } = {};
  for (const name of ["vocabSize", "contextLength", "endTokens", "startToken", "rereadAfter"] as const) {
    const declared: unknown = Reflect.get(model, name) ?? config[name] ?? undefined;
    if (declared === undefined && sizeChecks[name] === size)
      throw new TypeError(
        `${where}: the model does not declare its ${name}; add a field ${name} to it or to its config`,
      );
    if (declared === undefined) continue;
    sizeChecks[name](where, `model.${name}`, declared);
    sizes[name] = declared;
  }
  return sizes as TextConfig;
}
