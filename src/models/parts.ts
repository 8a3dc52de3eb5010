import type { Module, Pass, Sequence, SequenceLayer } from "../blocks";
import { expectLayer, rate, size } from "../blocks/internal";
import { arrayOf, type Checks, checkOptions, oneOf, wholeIn } from "../checks";
import type { Ids, Tensor } from "../tensor";

/** What generation and the tasks read of a model: `model.config`. */
export interface ModelFacts {
  readonly vocabSize: number;
  /** The largest number of tokens in a text. */
  readonly contextLength: number;
  /** The tokens that end a text; none if omitted. */
  readonly endTokens?: readonly number[] | undefined;
  /** The token that pads short rows. */
  readonly padToken?: number | undefined;
  /**
   * When a text grows past this many tokens, `generate` runs the model on all of it again: keys in the cache have the
   * positions of short texts, as in Phi-3. Never if omitted.
   */
  readonly rereadAfter?: number | undefined;
}

/** A module that gives each token a vector: ids [batch][seq] → [batch, seq, width]. */
export type TokenLayer = Module & { forward(ids: Ids, pass?: Pass): Tensor<Sequence> };

/**
 * A module that makes scores of the last hidden state [batch, seq, dModel]. Models also hand it the ids [batch][seq]. Its
 * `kind` tells the tasks what it predicts, as that of an OutputHead does.
 */
export type ScoreLayer = Module & {
  readonly kind?: string | undefined;
  /** The last hidden state [batch, seq, dModel] → scores. */
  forward(hidden: Tensor<Sequence>, pass?: Pass, ids?: Ids): Tensor;
};

/** What every model is made of. */
export interface ModelParts extends ModelFacts {
  embedding: TokenLayer;
  /** Adds positions to the token vectors. Attention layers have their own positions. */
  position?: SequenceLayer | undefined;
  /** Normalizes the sum of token vectors and positions. */
  embeddingNorm?: SequenceLayer | undefined;
  /** The share of embeddings to zero in training; 0 if omitted. */
  embeddingDropout?: number | undefined;
  /** From [batch, seq, dModel] to the same shape; `repeat(layers, (layer) => …)` makes a list of them. */
  blocks: readonly SequenceLayer[];
  /** Normalizes the output of the last block. */
  norm?: SequenceLayer | undefined;
  /** Makes scores, such as those of the next token; without it, `forward` returns the last hidden state. */
  head?: ScoreLayer | undefined;
  /** How tokens are counted if `pass.positions` is omitted; "all" if omitted. */
  positions?: Counting | undefined;
}

/**
 * Which tokens have a position of their own: `all`, except that `generate` skips padding; `padded` is all, also there, as
 * in BART's decoder by itself; those that the padding mask keeps (`unmasked`, as in OPT); or those that are not the
 * `padToken` (`unpadded`, as in RoBERTa).
 */
export type Counting = "all" | "padded" | "unmasked" | "unpadded";

export const token = wholeIn({ least: 0 });
export const tokens = /* @__PURE__ */ arrayOf(token, "an array of token ids");
export const contextLength = wholeIn({ least: 1 });

const factChecks: Checks<ModelFacts> = {
  vocabSize: size,
  contextLength,
  endTokens: tokens,
  padToken: token,
  rereadAfter: contextLength,
};

/** The name of the factory that takes the flat config of a model. */
const factories = { DecoderModel: "gpt", EncoderModel: "bert", EncoderDecoderModel: "encoderDecoder" } as const;

/** @throws TypeError for the flat config of a factory */
export function refuseFlat(where: keyof typeof factories, parts: unknown): void {
  if (typeof parts !== "object" || parts === null) return;
  if (["dModel", "heads", "layers"].some((name) => Object.hasOwn(parts, name)))
    throw new TypeError(
      `${where}: it is made of parts, { embedding, blocks, … }; for a config of sizes such as dModel, heads and layers call ${factories[where]}(config)`,
    );
}

/** @throws RangeError for a token outside the vocabulary */
export function checkTokens(
  where: string,
  facts: { vocabSize: number; endTokens?: unknown; padToken?: unknown; startToken?: unknown },
): void {
  for (const name of ["endTokens", "padToken", "startToken"] as const)
    for (const one of [facts[name] ?? []].flat())
      if ((one as number) >= facts.vocabSize)
        throw new RangeError(
          `${where}: ${name} has token ${one}, which is outside the vocabulary of ${facts.vocabSize}`,
        );
}

/** A copy of the facts, so that later changes by the caller do not change the model. Omitted ones have no field. */
export function factsOf({ vocabSize, contextLength, endTokens, padToken, rereadAfter }: ModelFacts): ModelFacts {
  return {
    ...{ vocabSize, contextLength },
    ...(endTokens !== undefined && endTokens.length > 0 && { endTokens: [...endTokens] }),
    ...(padToken !== undefined && { padToken }),
    ...(rereadAfter !== undefined && { rereadAfter }),
  };
}

export const partChecks: Checks<ModelParts> = {
  ...factChecks,
  embedding: expectLayer,
  position: expectLayer,
  embeddingNorm: expectLayer,
  embeddingDropout: rate,
  blocks: arrayOf(expectLayer, "an array of Modules"),
  norm: expectLayer,
  head: expectLayer,
  positions: oneOf(["all", "padded", "unmasked", "unpadded"] satisfies Counting[]),
};

const required = ["vocabSize", "contextLength", "embedding", "blocks"] as const;

/** @throws TypeError or RangeError that names the part */
export function checkParts<Parts extends ModelParts>(
  where: "DecoderModel" | "EncoderModel",
  parts: Parts,
  partsChecks: Checks<Parts>,
): asserts parts is Parts {
  refuseFlat(where, parts);
  checkOptions(where, parts, partsChecks, required);
  checkTokens(where, parts);
  if (parts.positions === "unpadded" && parts.padToken === undefined)
    throw new TypeError(`${where}: positions: "unpadded" needs a padToken`);
}
