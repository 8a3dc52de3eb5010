/** What the floors above need of this one, and no caller of the package. */
export { declaringPrototype, named, withoutCaching } from "./caching";
export { checkKind, depth, epsilon, expectSequence, type KindChecks, pick, rate, size } from "./checks";
export { activation } from "./feed-forward";
export { seed } from "./initialize";
export { expectModule, objectsIn } from "./module";
export { normalization } from "./norm";
export { checkPass, type Unused } from "./pass";
export { fitsPath } from "./path-pattern";
export { quantizable } from "./quantize";
