import { quote } from "../quote";
import type { GgufCursor } from "./cursor";
import { blockLength, type GgufDtype, ggufByteLength, ggufDtype, ggufDtypeNames } from "./dtype";

/** The maximum in ggml. */
const MOST_DIMENSIONS = 4;
/** The name's length, the number of dimensions, the type and the offset of an unnamed scalar. */
export const SHORTEST_TENSOR = 8 + 4 + 4 + 8;

/** A tensor as its entry describes it. */
export interface TensorEntry {
  name: string;
  dtype: GgufDtype;
  /** Row-major: the file stores the fastest-varying dimension first, here it is last. */
  shape: number[];
  byteLength: number;
  /** Relative to the start of the data. */
  offset: number;
  /** The byte of the file at which the offset is stored. */
  at: number;
}

/** @throws FormatError naming the tensor and the byte */
export function readTensorEntries(cursor: GgufCursor, count: number): TensorEntry[] {
  const seen = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    const start = cursor.position;
    const name = cursor.string(`name of tensor ${index}`);
    const what = `tensor ${quote(name)}`;
    if (seen.has(name)) throw cursor.fail(start, what, "a duplicate name", "unique names");
    seen.add(name);
    return readEntry(cursor, name, what);
  });
}

function readEntry(cursor: GgufCursor, name: string, what: string): TensorEntry {
  const start = cursor.position;
  const dimensions = cursor.uint32(what);
  if (dimensions > MOST_DIMENSIONS) {
    throw cursor.fail(start, what, `${dimensions} dimensions`, `at most ${MOST_DIMENSIONS}`);
  }
  const lengths = Array.from({ length: dimensions }, () => cursor.size(what));
  const typeAt = cursor.position;
  const id = cursor.uint32(what);
  const dtype = ggufDtype(id);
  if (dtype === undefined)
    throw cursor.fail(typeAt, what, `type ${id}`, `one of the types ${ggufDtypeNames().join(", ")}`);
  // Checked step by step: after an inexact product, a dimension of zero would make the result small again.
  const elements = lengths.reduce((product, length) => (Number.isSafeInteger(product) ? product * length : product), 1);
  const shape = lengths.toReversed();
  const found = `shape [${shape.join(", ")}] of ${dtype}`;
  const row = lengths[0] ?? 1;
  if (row % blockLength(dtype) !== 0) {
    throw cursor.fail(start, what, found, `a last dimension that is a multiple of ${blockLength(dtype)}`);
  }
  const byteLength = ggufByteLength(dtype, elements);
  if (!Number.isSafeInteger(elements) || !Number.isSafeInteger(byteLength)) {
    throw cursor.fail(start, what, found, "fewer than 2⁵³ bytes");
  }
  const at = cursor.position;
  return { name, dtype, shape, byteLength, offset: cursor.size(what), at };
}
