import { FormatError } from "../../errors";

/** Fatal; a byte order mark is kept, because a token may begin with one. */
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Thrown when the bytes read so far end before this byte. */
export class NeedsMore extends Error {
  override readonly name = "NeedsMore";
  readonly end: number;

  constructor(end: number) {
    super(`the first ${end} bytes are needed`);
    this.end = end;
  }
}

/** Reads a GGUF file from start to end; all numbers are little-endian. Never reads beyond the end of the file. */
export class GgufCursor {
  readonly view: DataView;
  readonly file: string;
  /** The size of the whole file; the bytes may be only its beginning. */
  readonly fileSize: number;
  position: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, file: string, fileSize = bytes.length, position = 0) {
    this.#bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.file = file;
    this.fileSize = fileSize;
    this.position = position;
  }

  /** The same file, at another byte. */
  at(position: number): GgufCursor {
    return new GgufCursor(this.#bytes, this.file, this.fileSize, position);
  }

  get left(): number {
    return this.fileSize - this.position;
  }

  /**
   * Skips `count` items of `size` bytes each, or of at least `size` bytes if their sizes vary.
   *
   * @returns the byte at which they start
   * @throws FormatError if the file ends before them; NeedsMore if only the bytes read so far do
   */
  take(count: number, size: number, what: string): number {
    const start = this.position;
    if (count * size > this.left) {
      const found = `${this.left} bytes before the end of the file`;
      throw this.fail(start, what, found, `at least ${count * size}; check that the file is complete`);
    }
    this.position += count * size;
    if (this.position > this.#bytes.length) throw new NeedsMore(this.position);
    return start;
  }

  uint32(what: string): number {
    return this.view.getUint32(this.take(1, 4, what), true);
  }

  /** A 64-bit count of items of at least `size` bytes each, which must fit into the rest of the file. */
  count(size: number, what: string): number {
    const start = this.take(1, 8, what);
    const count = this.view.getBigUint64(start, true);
    const most = Math.floor(this.left / size);
    if (count <= BigInt(most)) return Number(count);
    const expected = `at most ${most} in the ${this.left} remaining bytes; check that the file is complete`;
    throw this.fail(start, what, `a count of ${count}`, expected);
  }

  /** A 64-bit size, not limited by the rest of the file. */
  size(what: string): number {
    const start = this.take(1, 8, what);
    const size = this.view.getBigUint64(start, true);
    if (size <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(size);
    throw this.fail(start, what, String(size), "a number below 2⁵³");
  }

  skipString(what: string): void {
    this.take(this.count(1, what), 1, what);
  }

  string(what: string): string {
    const length = this.count(1, what);
    const start = this.take(length, 1, what);
    try {
      return decoder.decode(this.#bytes.subarray(start, start + length));
    } catch {
      throw this.fail(start, what, "invalid UTF-8", "UTF-8 text");
    }
  }

  fail(byte: number, what: string, found: string, expected: string): FormatError {
    return new FormatError({ file: this.file, at: `${what}, byte ${byte}`, found, expected });
  }
}
