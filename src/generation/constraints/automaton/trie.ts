/** A token and the bytes of its text. */
export interface TokenText {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/**
 * The texts of all tokens as a tree of bytes, flattened in depth-first order: a node's subtree is the nodes from the
 * next one up to `skip`.
 */
export class Trie {
  readonly byte: Uint8Array;
  readonly depth: Uint16Array;
  /** The node after the subtree. */
  readonly skip: Uint32Array;
  /** The place in `ids` where each node's tokens begin; they end where those of the next node begin. */
  readonly first: Uint32Array;
  readonly ids: Uint32Array;
  /** The bytes of the longest token. */
  readonly height: number;

  constructor(tokens: readonly TokenText[]) {
    const sorted = tokens.filter(({ bytes }) => bytes.length > 0).sort((a, b) => compare(a.bytes, b.bytes));
    const shared = sorted.map(({ bytes }, i) => (i === 0 ? 0 : common(sorted[i - 1]!.bytes, bytes)));
    const size = sorted.reduce((sum, { bytes }, i) => sum + bytes.length - shared[i]!, 0);
    this.byte = new Uint8Array(size);
    this.depth = new Uint16Array(size);
    this.skip = new Uint32Array(size);
    this.first = new Uint32Array(size + 1);
    this.ids = Uint32Array.from(sorted, ({ id }) => id);
    this.height = sorted.reduce((most, { bytes }) => Math.max(most, bytes.length), 0);
    const path: number[] = [];
    let node = 0;
    sorted.forEach(({ bytes }, i) => {
      while (path.length > shared[i]!) this.skip[path.pop()!] = node;
      for (let at = path.length; at < bytes.length; at++) {
        this.byte[node] = bytes[at]!;
        this.depth[node] = at;
        this.first[node] = i;
        path.push(node++);
      }
    });
    while (path.length > 0) this.skip[path.pop()!] = node;
    this.first[size] = sorted.length;
  }

  get size(): number {
    return this.byte.length;
  }
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const at = common(a, b);
  return at < a.length && at < b.length ? a[at]! - b[at]! : a.length - b.length;
}

/** The length of the common beginning. */
function common(a: Uint8Array, b: Uint8Array): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at;
}
