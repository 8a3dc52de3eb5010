import type { AlignedText } from "../../text";

/** Rewrites text before it is split: lower case, Unicode forms, stripping. Offsets still refer to the original. */
export interface Normalizer {
  normalize(text: AlignedText): AlignedText;
}
