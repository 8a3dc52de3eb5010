import type { AlignedText } from "../../text";

/** Rewrites text before it is split: lower case, Unicode forms, stripping. Offsets stay those of the original. */
export interface Normalizer {
  normalize(text: AlignedText): AlignedText;
}
