import type { Offsets } from "./aligned-text";

interface Node {
  readonly children: Map<number, Node>;
  value: number | undefined;
}

export interface TrieMatch {
  range: Offsets;
  value: number;
}

/** Strings with values, found in a text leftmost first and, of those, longest first. */
export class Trie {
  readonly #root: Node = { children: new Map(), value: undefined };
  /** Whether a string begins with a code unit: most characters begin none. */
  readonly #begins = new Uint8Array(0x10000);

  add(key: string, value: number): void {
    let node = this.#root;
    this.#begins[key.charCodeAt(0)] = 1;
    for (let i = 0; i < key.length; i++) {
      const unit = key.charCodeAt(i);
      let child = node.children.get(unit);
      if (child === undefined) {
        child = { children: new Map(), value: undefined };
        node.children.set(unit, child);
      }
      node = child;
    }
    node.value = value;
  }

  /** All matches that do not overlap. */
  matches(text: string): TrieMatch[] {
    const found: TrieMatch[] = [];
    if (this.#root.children.size === 0) return found;
    for (let at = 0; at < text.length; ) {
      const match = this.#begins[text.charCodeAt(at)] === 1 ? this.#longestAt(text, at) : undefined;
      if (match !== undefined) found.push(match);
      at = match === undefined ? at + 1 : match.range[1];
    }
    return found;
  }

  #longestAt(text: string, start: number): TrieMatch | undefined {
    let longest: TrieMatch | undefined;
    let node = this.#root.children.get(text.charCodeAt(start));
    for (let end = start + 1; node !== undefined; end++) {
      if (node.value !== undefined) longest = { range: [start, end], value: node.value };
      node = end < text.length ? node.children.get(text.charCodeAt(end)) : undefined;
    }
    return longest;
  }
}
