import {
  type CacheConfig,
  DecoderBlock,
  Embedding,
  FeedForward,
  HeadTransform,
  KeyValueCache,
  LayerNorm,
  Linear,
  Module,
  MultiHeadAttention,
  OutputHead,
  type Pass,
  PositionalEncoding,
  RMSNorm,
  type Sequence,
} from "../blocks";
import { declaringPrototype, named, withoutCaching } from "../blocks/internal";
import { arrayOf, type Checks, expectRecord, wholeIn, wrongKind } from "../checks";
import { DecoderModel, EncoderDecoderModel, EncoderModel } from "../models";
import { type Ids, ShapeError, slice, Tensor } from "../tensor";

/** What a model that writes text says of itself. */
export interface TextConfig {
  /** How many tokens there are. */
  vocabSize: number;
  /** The most tokens a text may have. */
  contextLength: number;
  /** The tokens that end a text; none unless given. */
  endTokens?: readonly number[] | undefined;
  /** The token that every target of an encoder-decoder starts with. */
  startToken?: number | undefined;
}

/** A model that says its sizes, in a `config` or itself. */
export type SaysSizes = { readonly config: TextConfig } | Readonly<TextConfig>;

/** Any module that scores the next token: ids [batch][seq] → logits [batch, seq, vocabSize]. */
export type LanguageModel = Module & { forward(ids: Ids, pass?: Pass): Tensor } & SaysSizes;

/** Any module that reads a source and scores the next token of a target. */
export type SequenceToSequenceModel = Module & {
  encode(sourceIds: Ids, pass?: Pass): Tensor<Sequence>;
  decode(targetIds: Ids, memory: Tensor<Sequence>, pass?: Pass): Tensor;
} & SaysSizes;

/** What can write text: our models, or a module of the caller's own. */
export type GenerativeModel = DecoderModel | EncoderDecoderModel | LanguageModel | SequenceToSequenceModel;

/** A model as the loop sees it. */
export interface Writer {
  readonly sizes: TextConfig;
  /** Runs the encoder, if there is one. */
  readonly encode?: (sourceIds: Ids, pass: Pass) => Tensor<Sequence>;
  /** The modules of the caller's own that declare how they take part in decoding with a cache, for a message. */
  readonly claims: readonly string[];
  /**
   * A cache, or nothing if the model cannot be run with one.
   *
   * @throws TypeError that names the module at fault, if a cache is required
   */
  cache(config: CacheConfig, required: boolean): KeyValueCache | undefined;
  /** The scores of the last position, [batch, …, vocabSize]. */
  lastLogits(ids: Ids, pass: Pass): Tensor;
}

/** @throws TypeError or RangeError unless the model can write text */
export function writerOf(where: string, model: unknown): Writer {
  if (!(model instanceof Module)) throw wrongKind(where, "model", "a Module", model);
  if (model instanceof EncoderModel)
    throw new TypeError(
      `${where}: an EncoderModel sees both sides of a token and cannot write; take a DecoderModel or an EncoderDecoderModel`,
    );
  const sizes = sizesOf(where, model);
  if (isSequenceToSequence(model)) {
    const ours = model instanceof EncoderDecoderModel && isOurs(model, EncoderDecoderModel, ["decode", "hidden"]);
    const encode = (ids: Ids, pass: Pass) => model.encode(ids, pass);
    if (ours) return { ...decoderWriter(model.decoder), sizes, encode };
    return { ...ownWriter(model, sizes, (ids, { memory, ...pass }) => model.decode(ids, memory!, pass)), encode };
  }
  if (model instanceof DecoderModel) return decoderWriter(model);
  if (!hasForward(model)) throw new TypeError(`${where}: the model has no forward(ids, pass)`);
  return ownWriter(model, sizes, (ids, pass) => model.forward(ids, pass));
}

/** Only the last position goes through the head, unless a subclass has a `forward` of its own. */
function decoderWriter(model: DecoderModel): Writer {
  const sizes = model.config;
  if (!isOurs(model, DecoderModel, ["forward"]))
    return ownWriter(model, sizes, (ids, pass) => model.forward(ids, pass));
  return {
    sizes,
    claims: claimsOf(model),
    cache: (config, required) => cacheFor(model, config, required),
    lastLogits: (ids, pass) => model.head.forward(last(model.hidden(ids, pass))),
  };
}

/** A model of the caller's own: what it gives is checked. */
function ownWriter(model: Module, sizes: TextConfig, forward: (ids: Ids, pass: Pass) => Tensor): Writer {
  return {
    sizes,
    claims: claimsOf(model),
    cache: (config, required) => cacheFor(model, config, required),
    lastLogits(ids, pass) {
      const [batch, seq] = [ids.length, ids[0]!.length];
      const held = pass.cache?.length ?? 0;
      pass.cache?.begin(model);
      const logits = forward(ids, pass);
      const wanted = `logits [batch, seq, vocabSize], [${batch}, ${seq}, ${sizes.vocabSize}]`;
      if (!(logits instanceof Tensor)) throw wrongKind("generate", "what the model gives", wanted, logits);
      if (logits.shape.join() !== `${batch},${seq},${sizes.vocabSize}`)
        throw new ShapeError(`generate: what the model gives must be ${wanted}, not ${logits.describe()}`);
      if (pass.cache && pass.cache.length !== held + seq)
        throw new Error(
          `generate: the cache holds ${pass.cache.length} positions after ${held + seq}; a model that declares "caching" must call pass.cache.advance(seq) at the end of forward`,
        );
      return last(logits);
    },
  };
}

function cacheFor(model: Module, config: CacheConfig, required: boolean): KeyValueCache | undefined {
  if (!required && withoutCaching(model) !== undefined) return undefined;
  const cache = new KeyValueCache(config);
  cache.begin(model);
  return cache;
}

/** Classes whose `caching` is proven by tests. */
export const provenCaching: readonly object[] = [
  ...[Linear, Embedding, LayerNorm, RMSNorm, PositionalEncoding, FeedForward, MultiHeadAttention],
  ...[DecoderBlock, OutputHead, HeadTransform, DecoderModel],
].map(({ prototype }) => prototype);

function claimsOf(model: Module): string[] {
  return [...model.modules()]
    .map(([path, module]) => ({ path, module }))
    .filter(
      ({ module }) => module.caching !== undefined && !provenCaching.includes(declaringPrototype(module) ?? Module),
    )
    .map((place) => `${named(place)}, which declares "${place.module.caching}"`);
}

/** [batch, seq, size] → [batch, 1, size] */
const last = (x: Tensor): Tensor<Sequence> => slice(x, { axis: 1, start: -1 }) as Tensor<Sequence>;

/** Whether the methods are a class's own, not those of a subclass or of the model itself. */
function isOurs<M extends Module>(model: M, { prototype }: { prototype: M }, methods: readonly (keyof M)[]): boolean {
  return methods.every((name) => model[name] === prototype[name]);
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
};

/** The sizes that a model, or else its `config`, says. */
function sizesOf(where: string, model: Module): TextConfig {
  const config: unknown = Reflect.get(model, "config") ?? {};
  expectRecord(where, "model.config", config);
  const sizes: { [Name in keyof TextConfig]?: unknown } = {};
  for (const name of ["vocabSize", "contextLength", "endTokens", "startToken"] as const) {
    const said: unknown = Reflect.get(model, name) ?? config[name] ?? undefined;
    if (said === undefined && sizeChecks[name] === size)
      throw new TypeError(
        `${where}: the model does not say its ${name}; give it a field ${name}, or one of its config`,
      );
    if (said === undefined) continue;
    sizeChecks[name](where, `model.${name}`, said);
    sizes[name] = said;
  }
  return sizes as TextConfig;
}
