import { DecoderBlock, type Embedding, type Norm, OutputHead } from "../blocks";
import { type Checks, checkOptions, expectBoolean } from "../checks";
import type { DecoderConfig } from "./configs";
import { DecoderModel } from "./decoder-model";
import { built, type InitializeOptions, initializeChecks } from "./factory";
import {
  blockConfigOf,
  checkConfig,
  commonParts,
  embeddingOf,
  initialOf,
  modelChecks,
  normOf,
  owned,
} from "./flat-config";

const checks: Checks<DecoderConfig> = {
  ...modelChecks,
  tied: expectBoolean,
  headBias: expectBoolean,
  crossAttention: expectBoolean,
  finalNorm: expectBoolean,
};

/** A DecoderModel of the parts that `gpt` makes. */
export type Gpt = DecoderModel & {
  readonly embedding: Embedding;
  readonly blocks: readonly DecoderBlock[];
  readonly norm: Norm | undefined;
  readonly head: OutputHead;
};

/**
 * A decoder in the style of GPT-2: pre-norm, learned positions, tanh GELU, tied head. Any default can be overridden.
 *
 * @see Radford et al. 2019, Language Models are Unsupervised Multitask Learners
 * @example
 * ```ts
 * import { gpt } from "transformer-blocks";
 * const model = gpt({ vocabSize: 65, contextLength: 32, dModel: 16, heads: 2, layers: 2 }, { seed: 1 });
 * model.forward([[1, 2, 3]]).shape; // [1, 3, 65]
 * ```
 */
export function gpt(config: DecoderConfig, options: InitializeOptions = {}): Gpt {
  checkConfig("gpt", config, checks);
  checkOptions("gpt", options, initializeChecks);
  const whole = owned({ norm: "pre", activation: "geluTanh", ...config });
  return built(decoderOf(whole), { factory: "gpt", config: whole }, options);
}

/** @param embedding that of another model, to share it */
export function decoderOf(config: DecoderConfig, embedding: Embedding = embeddingOf(config)): Gpt {
  const { dModel, vocabSize, layers, crossAttention, headBias: bias } = config;
  const tied = (config.tied ?? true) ? embedding.weight : undefined;
  const initial = tied ? undefined : initialOf(config);
  const blockConfig = { ...blockConfigOf(config), crossAttention };
  return new DecoderModel({
    ...commonParts(config),
    embedding,
    blocks: Array.from({ length: layers }, () => new DecoderBlock(blockConfig)),
    norm: (config.finalNorm ?? config.norm === "pre") ? normOf(config) : undefined,
    head: new OutputHead({ kind: "languageModel", dModel, vocabSize, bias, tied, initial }),
  }) as Gpt;
}
