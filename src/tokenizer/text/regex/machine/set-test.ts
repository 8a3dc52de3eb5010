import type { CodePoints } from "../syntax/code-points";

const PAGE = 0x100;

/** Tests membership quickly: results are cached in pages of characters, created on demand. */
export class SetTest {
  readonly #set: CodePoints;
  readonly #pages: Uint8Array[] = [];

  constructor(set: CodePoints) {
    this.#set = set;
  }

  has(codePoint: number): boolean {
    const page = this.#pages[codePoint >> 8] ?? NO_PAGE;
    const known = page[codePoint & 0xff] ?? this.#makePage(codePoint >> 8)[codePoint & 0xff];
    return known === 1;
  }

  #makePage(index: number): Uint8Array {
    const first = index * PAGE;
    const page = Uint8Array.from({ length: PAGE }, (_, i) => (this.#set.has(first + i) ? 1 : 0));
    // Dense, because an array with holes is slow.
    while (this.#pages.length < index) this.#pages.push(NO_PAGE);
    this.#pages[index] = page;
    return page;
  }
}

const NO_PAGE = /* @__PURE__ */ new Uint8Array(0);
