/** What the floors above need from this one, but callers of the package do not. */

export { layer } from "./block";
export { declaringPrototype, named, withoutCaching } from "./caching";
export { checkKind, depth, epsilon, expectSequence, type KindChecks, pick, rate, size } from "./checks";
export { activation } from "./feed-forward";
export { seed } from "./initialize";
export { expectModule, objectsIn } from "./module";
export { normalization } from "./norm";
export { checkPass, type Unused } from "./pass";
export { fitsPath } from "./path-pattern";
export { quantizable } from "./quantize";
