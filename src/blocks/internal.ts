/** What the floors above need from this one, but callers of the package do not. */
export { Bytes } from "./bytes";
export { cacheOfParts, keepsAll, partsOfCache, withoutPaddingOf } from "./cache-parts";
export type { HeldPart } from "./cache-positions";
export { admitTexts, declaringPrototype, isCovered, mixingTexts, named, withoutCaching } from "./caching";
export { checkKind, depth, epsilon, expectLayer, expectSequence, type KindChecks, pick, rate, size } from "./checks";
export { throughEncoder } from "./encoder-block";
export { everyPath } from "./every-path";
export { activated, activation } from "./feed-forward";
export { seed } from "./initialize";
export { expectModule, objectsIn } from "./module";
export { settingsOf } from "./module-settings";
export { normalization } from "./norm";
export { throughBlocks } from "./one-row";
export { paddingOf } from "./padding";
export { checkPass, sharing, type Unused } from "./pass";
export { fitsPath } from "./path-pattern";
export { quantizable } from "./quantize";
export { type Rotated, type ScalingRule, scalingRule, yarnMagnitude } from "./rotary-scaling";
