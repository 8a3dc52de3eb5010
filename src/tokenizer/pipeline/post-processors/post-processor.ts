import type { EncodedPart } from "../encoding";

/** Adds special tokens to one text or two, and sets token types. */
export interface PostProcessor {
  /** The number of tokens it adds. */
  added(pair: boolean): number;
  /** @param special whether to add special tokens */
  process(parts: readonly EncodedPart[], special: boolean): readonly EncodedPart[];
  /** The start and separator tokens, if the format names them. */
  readonly tokens?: { readonly cls: string; readonly sep: string };
}
