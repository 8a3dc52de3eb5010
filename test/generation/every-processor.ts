import { type Processor, processors } from "../../src/generation";

/** All but the function that finds a watermark. */
type Makers = Omit<typeof processors, "detectWatermark">;

/** A processor of each kind, for laws that hold for all. */
export const every: { readonly [Name in keyof Makers]: Processor } = {
  badWords: processors.badWords([[1, 2], [3]], { endTokens: [3] }),
  beginSuppressTokens: processors.beginSuppressTokens([1]),
  dry: processors.dry({ multiplier: 1 }),
  encoderNoRepeatNgram: processors.encoderNoRepeatNgram(2),
  encoderRepetitionPenalty: processors.encoderRepetitionPenalty(1.3),
  epsilonCutoff: processors.epsilonCutoff(0.2),
  etaCutoff: processors.etaCutoff(0.2),
  exponentialDecay: processors.exponentialDecay({ start: 0, factor: 1.2, endTokens: [0] }),
  forcedEndToken: processors.forcedEndToken([1, 2]),
  forcedStartToken: processors.forcedStartToken(1),
  frequencyPenalty: processors.frequencyPenalty(0.5),
  minLength: processors.minLength(50, { endTokens: [0] }),
  minNewTokens: processors.minNewTokens(50, { endTokens: [0] }),
  minP: processors.minP(0.3),
  mirostat: processors.mirostat({ tau: 1 }),
  noRepeatNgram: processors.noRepeatNgram(2),
  presencePenalty: processors.presencePenalty(0.5),
  renormalize: processors.renormalize(),
  repetitionPenalty: processors.repetitionPenalty(1.3),
  sequenceBias: processors.sequenceBias([[[1], 2]]),
  suppressTokens: processors.suppressTokens([1]),
  temperature: processors.temperature(0.7),
  topH: processors.topH(0.5),
  topK: processors.topK(2),
  topNSigma: processors.topNSigma(1),
  topP: processors.topP(0.5),
  typicalP: processors.typicalP(0.5),
  watermark: processors.watermark(),
  xtc: processors.xtc({ threshold: 0.1, probability: 0.9 }),
};
