import { checkOptions, expectString, wrongKind } from "../../checks";
import { FormatError } from "../../errors";
import { isBytes } from "../bytes";
import { quote } from "../quote";
import type { FileParts } from "../sources/file-parts";
import { type StoredTensor, storedTensor } from "../values/stored-tensor";
import { ggufDecoding } from "./blocks";
import { GgufCursor, NeedsMore } from "./cursor";
import type { GgufDtype } from "./dtype";
import { type GgufValue, readMetadata } from "./metadata";
import { readTensorEntries, SHORTEST_TENSOR, type TensorEntry } from "./tensors";

/** A tensor of a GGUF file. */
export type GgufTensor = StoredTensor<GgufDtype>;

/** What `readGguf` reads. */
export interface Gguf {
  /** The format's version. */
  version: number;
  /** By name, in file order. */
  tensors: Map<string, GgufTensor>;
  /** By key, in file order; an array is decoded on first access. */
  metadata: Record<string, GgufValue>;
}

const MAGIC = "GGUF";
const VERSIONS = [2, 3];
/** The key's length, its type and one byte. */
const SHORTEST_PAIR = 8 + 4 + 1;
const DEFAULT_ALIGNMENT = 32;
const ALIGNMENT = "general.alignment";

/**
 * Reads a GGUF file of version 2 or 3: metadata, tensor entries, then the tensors' bytes, each aligned as the metadata
 * declares. Tensors are not copied: they are views of `bytes`. Shapes are row-major, as in PyTorch and safetensors; the
 * file itself stores dimensions in reverse order.
 *
 * F32, F16, BF16, F64, the integer types, Q8_0 and Q4_0 can be converted to float32.
 *
 * @param options.file the file's name in errors
 * @throws FormatError if the file is malformed, naming the key or tensor and the byte offset; invalid UTF-8 inside an
 *   array is reported when that array is first accessed
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 * @example
 * ```ts
 * import { readGguf } from "transformer-blocks/checkpoint";
 * const text = (value: string) => [value.length, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(value)];
 * const counts = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]; // tensors, keys
 * const file = [...new TextEncoder().encode("GGUF"), 3, 0, 0, 0, ...counts, ...text("general.name"), 8, 0, 0, 0, ...text("x")];
 * readGguf(Uint8Array.from(file)).metadata; // { "general.name": "x" }
 * ```
 */
export function readGguf(bytes: Uint8Array, options: { file?: string | undefined } = {}): Gguf {
  checkOptions<{ file?: string | undefined }>("readGguf", options, { file: expectString });
  const { cursor, metadata, tensorCount, version } = readStart(bytes, options.file ?? "GGUF data", "readGguf");
  const entries = readTensorEntries(cursor, tensorCount);
  const alignment = alignmentOf(cursor.file, metadata);
  const start = Math.ceil(cursor.position / alignment) * alignment;
  checkLayout(cursor, entries, alignment, start, bytes.length);
  const tensors = new Map<string, GgufTensor>();
  for (const { name, dtype, shape, offset, byteLength } of entries) {
    // A plain view, even of a Node Buffer, whose methods differ.
    const view = new Uint8Array(bytes.buffer, bytes.byteOffset + Math.min(start + offset, bytes.length), byteLength);
    tensors.set(name, storedTensor(cursor.file, name, { dtype, shape, bytes: view }, ggufDecoding));
  }
  return { version, tensors, metadata };
}

/**
 * Only the metadata, which is at the beginning of the file.
 *
 * @param caller the function's name in errors
 */
export function readGgufMetadata(bytes: Uint8Array, file: string, caller: string): Record<string, GgufValue> {
  return readStart(bytes, file, caller).metadata;
}

/** The metadata of an opened file; reads only as many bytes as it needs. */
export async function readGgufMetadataOf(parts: FileParts, file: string): Promise<Record<string, GgufValue>> {
  for (let end = Math.min(FIRST_READ, parts.size); ; ) {
    try {
      return readStart(await parts.read(0, end), file, "readGguf", parts.size).metadata;
    } catch (error) {
      if (!(error instanceof NeedsMore)) throw error;
      end = Math.min(Math.max(error.end, 2 * end), parts.size);
    }
  }
}

/** In bytes; enough for the metadata of most files. */
const FIRST_READ = 2 ** 24;

function readStart(bytes: Uint8Array, file: string, caller: string, size?: number) {
  if (!isBytes(bytes)) throw wrongKind(caller, "bytes", "a Uint8Array", bytes);
  const cursor = new GgufCursor(bytes, file, size);
  const at = cursor.take(MAGIC.length, 1, "the header");
  const magic = String.fromCharCode(...bytes.subarray(at, at + MAGIC.length));
  if (magic !== MAGIC) throw cursor.fail(at, "the header", quote(magic), `the letters ${MAGIC}`);
  const versionAt = cursor.position;
  const version = cursor.uint32("the version");
  if (!VERSIONS.includes(version)) {
    const hint = version > 0xffff ? "; big-endian files must be converted" : "";
    throw cursor.fail(versionAt, "the version", String(version), `${VERSIONS.join(" or ")}${hint}`);
  }
  const tensorCount = cursor.count(SHORTEST_TENSOR, "the number of tensors");
  const pairs = cursor.count(SHORTEST_PAIR, "the number of metadata keys");
  return { cursor, version, tensorCount, metadata: readMetadata(cursor, pairs) };
}

function alignmentOf(file: string, metadata: Record<string, GgufValue>): number {
  const alignment = Object.hasOwn(metadata, ALIGNMENT) ? metadata[ALIGNMENT] : DEFAULT_ALIGNMENT;
  if (
    typeof alignment === "number" &&
    alignment >= 1 &&
    alignment <= 2 ** 31 &&
    Number.isInteger(Math.log2(alignment))
  ) {
    return alignment;
  }
  const found = typeof alignment === "object" ? "an array" : String(alignment);
  const at = `metadata "${ALIGNMENT}"`;
  throw new FormatError({ file, at, found, expected: "a power of two up to 2³¹" });
}

/** Tensors must follow each other in the order of their entries, each padded to the alignment. */
function checkLayout(
  cursor: GgufCursor,
  entries: readonly TensorEntry[],
  alignment: number,
  start: number,
  end: number,
): void {
  let expected = 0;
  for (const { name, offset, byteLength, at } of entries) {
    const what = `tensor ${quote(name)}`;
    if (offset !== expected) {
      const wanted = `${expected}, the end of the previous tensor padded to ${alignment} bytes`;
      throw cursor.fail(at, what, `offset ${offset}`, wanted);
    }
    if (byteLength > 0 && start + offset + byteLength > end) {
      const found = `bytes ${start + offset} to ${start + offset + byteLength}`;
      throw cursor.fail(at, what, found, `an end within the file's ${end} bytes; check that the file is complete`);
    }
    expected += Math.ceil(byteLength / alignment) * alignment;
  }
}
