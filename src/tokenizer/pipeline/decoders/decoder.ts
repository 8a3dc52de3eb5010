/** Turns tokens back into text: each step maps a list of strings, and the last list is joined. */
export interface Decoder {
  decode(tokens: readonly string[]): string[];
  /** How many tokens at the end may still decode to something else when more follow. None if absent. */
  unsettled?(tokens: readonly string[]): number;
}
