import { FormatError } from "../../errors";

/** Fatal, and a byte order mark is kept: a token may begin with one. */
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Says that the beginning of a file does not reach as far as this byte. */
export class NeedsMore extends Error {
  override readonly name = "NeedsMore";
  readonly end: number;

  constructor(end: number) {
    super(`the first ${end} bytes are needed`);
    this.end = end;
  }
}

/** Walks over the bytes of a GGUF file; every number in it is little-endian. Nothing is read beyond the end. */
export class GgufCursor {
  readonly view: DataView;
  readonly file: string;
  /** Of the file, whose beginning the bytes may be. */
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

  /** The same file from another byte. */
  at(position: number): GgufCursor {
    return new GgufCursor(this.#bytes, this.file, this.fileSize, position);
  }

  get left(): number {
    return this.fileSize - this.position;
  }

  /**
   * Goes over `count` things of `size` bytes each, or of at least that many where they differ.
   *
   * @returns the byte at which they start
   * @throws FormatError if the file ends before them, NeedsMore if only the bytes that are there do
   */
  take(count: number, size: number, what: string): number {
    const start = this.position;
    if (count * size > this.left) {
      const found = `${this.left} bytes until the end of the file`;
      throw this.fail(start, what, found, `at least ${count * size}; is it complete?`);
    }
    this.position += count * size;
    if (this.position > this.#bytes.length) throw new NeedsMore(this.position);
    return start;
  }

  uint32(what: string): number {
    return this.view.getUint32(this.take(1, 4, what), true);
  }

  /** A 64-bit count of things of at least `size` bytes each, all of which the file must still have. */
  count(size: number, what: string): number {
    const start = this.take(1, 8, what);
    const count = this.view.getBigUint64(start, true);
    const most = Math.floor(this.left / size);
    if (count <= BigInt(most)) return Number(count);
    const expected = `at most ${most} in the ${this.left} bytes that are left; is the file complete?`;
    throw this.fail(start, what, `a count of ${count}`, expected);
  }

  /** A 64-bit size that need not be of something in the file. */
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
      throw this.fail(start, what, "bytes that are not UTF-8", "text in UTF-8");
    }
  }

  fail(byte: number, what: string, found: string, expected: string): FormatError {
    return new FormatError({ file: this.file, at: `${what}, byte ${byte}`, found, expected });
  }
}
