import type { Fields } from "../../../fields";
import { cutting, type PreTokenizer } from "../../pipeline";
import { type Pattern, SPLIT_BEHAVIORS, type SplitBehavior, splitRanges } from "../../text";

/** Splits at the matches of a pattern. */
export function splitting(pattern: Pattern, behavior: SplitBehavior, invert = false): PreTokenizer {
  return cutting((text) => splitRanges(text, pattern, behavior, invert));
}

/** The same, with the behavior that the file names. */
export function splittingAs(fields: Fields, pattern: Pattern, invert = false): PreTokenizer {
  return splitting(pattern, fields.oneOf("behavior", SPLIT_BEHAVIORS, "Isolated"), invert);
}
