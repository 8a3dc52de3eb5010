/** Converts tokens back to text: each step maps a list of strings, and the last list is joined. */
export interface Decoder {
  decode(tokens: readonly string[]): string[];
  /** The number of trailing tokens that may decode differently when more follow. None if omitted. */
  unsettled?(tokens: readonly string[]): number;
}
