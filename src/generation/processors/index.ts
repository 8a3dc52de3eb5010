/** Functions that change the scores of the next token. `generate` builds them from its options; they compose freely. */
export type { DecayOptions, EndOptions, KeepOptions } from "./checks";
export { detectWatermark, type WatermarkFinding } from "./detect";
export { dry } from "./dry";
export { topH, typicalP } from "./entropy";
export { epsilonCutoff, etaCutoff, minP, topK, topNSigma, topP } from "./filters";
export { exponentialDecay, minLength, minNewTokens } from "./lengths";
export { mirostat } from "./mirostat";
export { encoderNoRepeatNgram, noRepeatNgram } from "./ngrams";
export { renormalize } from "./normalize";
export { encoderRepetitionPenalty, frequencyPenalty, presencePenalty, repetitionPenalty } from "./penalties";
export { badWords, sequenceBias } from "./sequences";
export { temperature } from "./temperature";
export { beginSuppressTokens, forcedEndToken, forcedStartToken, suppressTokens } from "./tokens";
export { watermark } from "./watermark";
export { xtc } from "./xtc";
