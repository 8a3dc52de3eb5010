import type { Offsets } from "../text";
import { TokenTrie } from "./token-trie";

export interface TrieMatch {
  range: Offsets;
  value: number;
}

/** Strings with values; finds them in a text, leftmost first, then longest first. */
export class Trie {
  readonly #trie = new TokenTrie();
  /** Whether any string begins with a code unit: most characters begin none. */
  readonly #begins = new Uint8Array(0x10000);
  #isEmpty = true;

  add(key: string, value: number): void {
    this.#isEmpty = false;
    this.#begins[key.charCodeAt(0)] = 1;
    this.#trie.set(key, value);
  }

  /** All non-overlapping matches. */
  matches(text: string): TrieMatch[] {
    const found: TrieMatch[] = [];
    if (this.#isEmpty) return found;
    for (let at = 0; at < text.length; ) {
      const match = this.#begins[text.charCodeAt(at)] === 1 ? this.#longestAt(text, at) : undefined;
      if (match !== undefined) found.push(match);
      at = match === undefined ? at + 1 : match.range[1];
    }
    return found;
  }

  #longestAt(text: string, start: number): TrieMatch | undefined {
    let longest: TrieMatch | undefined;
    let node = TokenTrie.ROOT;
    for (let end = start; end < text.length; ) {
      node = this.#trie.child(node, text.charCodeAt(end++));
      if (node === TokenTrie.NONE) break;
      const value = this.#trie.value(node);
      if (value !== TokenTrie.NONE) longest = { range: [start, end], value };
    }
    return longest;
  }
}
