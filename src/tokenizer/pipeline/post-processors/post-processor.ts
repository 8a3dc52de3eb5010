import type { EncodedPart } from "../encoding";

/** Puts special tokens around one text or two, and sets token types. */
export interface PostProcessor {
  /** How many tokens it puts in. */
  added(pair: boolean): number;
  /** @param special whether to put special tokens in */
  process(parts: readonly EncodedPart[], special: boolean): readonly EncodedPart[];
  /** The tokens it uses as start and separator, where the format names them. */
  readonly tokens?: { readonly cls: string; readonly sep: string };
}
