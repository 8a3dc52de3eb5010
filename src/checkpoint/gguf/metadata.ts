import { quote } from "../quote";
import type { GgufCursor } from "./cursor";

/** A 64-bit integer is a number if that is exact, otherwise a bigint. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

/** Deeper than in any published file; keeps a hostile file from overflowing the stack. */
const DEEPEST = 16;
const STRING = 8;
const ARRAY = 9;

interface Scalar {
  size: number;
  read(view: DataView, at: number): number | bigint | boolean | undefined;
}

const exact = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

/** By the type's number in the file. @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, gguf_metadata_value_type */
const scalars: ReadonlyMap<number, Scalar> = new Map<number, Scalar>([
  [0, { size: 1, read: (view, at) => view.getUint8(at) }],
  [1, { size: 1, read: (view, at) => view.getInt8(at) }],
  [2, { size: 2, read: (view, at) => view.getUint16(at, true) }],
  [3, { size: 2, read: (view, at) => view.getInt16(at, true) }],
  [4, { size: 4, read: (view, at) => view.getUint32(at, true) }],
  [5, { size: 4, read: (view, at) => view.getInt32(at, true) }],
  [6, { size: 4, read: (view, at) => view.getFloat32(at, true) }],
  [7, { size: 1, read: (view, at) => [false, true][view.getUint8(at)] }],
  [10, { size: 8, read: (view, at) => exact(view.getBigUint64(at, true)) }],
  [11, { size: 8, read: (view, at) => exact(view.getBigInt64(at, true)) }],
  [12, { size: 8, read: (view, at) => view.getFloat64(at, true) }],
]);

/**
 * Reads the keys and values. Arrays are only walked here, to check that they fit into the file, and decoded on first
 * access.
 *
 * @throws FormatError naming the key and the byte
 */
export function readMetadata(cursor: GgufCursor, count: number): Record<string, GgufValue> {
  const metadata: Record<string, GgufValue> = {};
  for (let index = 0; index < count; index++) {
    const start = cursor.position;
    const key = cursor.string(`metadata key ${index}`);
    const what = `metadata ${quote(key)}`;
    if (Object.hasOwn(metadata, key)) throw cursor.fail(start, what, "a duplicate key", "unique keys");
    const type = cursor.uint32(what);
    const property = { enumerable: true, configurable: true };
    if (type !== ARRAY) {
      Object.defineProperty(metadata, key, { ...property, value: readValue(cursor, type, what, 0) });
      continue;
    }
    const from = cursor.at(cursor.position);
    skipValue(cursor, type, what, 0);
    const get = (): GgufValue => {
      const value = readValue(from.at(from.position), type, what, 0);
      Object.defineProperty(metadata, key, { ...property, value });
      return value;
    };
    Object.defineProperty(metadata, key, { ...property, get });
  }
  return metadata;
}

function readValue(cursor: GgufCursor, type: number, what: string, depth: number): GgufValue {
  if (type === STRING) return cursor.string(what);
  if (type === ARRAY) {
    const { element, count } = readArrayHead(cursor, what, depth);
    return Array.from({ length: count }, (_, index) =>
      readValue(cursor, element, depth === 0 ? `${what}[${index}]` : what, depth + 1),
    );
  }
  const { size, read } = scalarOf(cursor, type, what);
  const at = cursor.take(1, size, what);
  const value = read(cursor.view, at);
  if (value !== undefined) return value;
  throw cursor.fail(at, what, `${cursor.view.getUint8(at)} as a boolean`, "0 or 1");
}

function skipValue(cursor: GgufCursor, type: number, what: string, depth: number): void {
  if (type === STRING) {
    cursor.skipString(what);
  } else if (type === ARRAY) {
    const { element, count } = readArrayHead(cursor, what, depth);
    const size = scalars.get(element)?.size;
    if (size !== undefined) cursor.take(count, size, what);
    else for (let index = 0; index < count; index++) skipValue(cursor, element, `${what}[${index}]`, depth + 1);
  } else {
    cursor.take(1, scalarOf(cursor, type, what).size, what);
  }
}

function readArrayHead(cursor: GgufCursor, what: string, depth: number): { element: number; count: number } {
  const start = cursor.position;
  if (depth >= DEEPEST) throw cursor.fail(start, what, "deeper nesting", `at most ${DEEPEST} nested arrays`);
  const element = cursor.uint32(what);
  const size = element === STRING ? 8 : element === ARRAY ? 12 : scalarOf(cursor, element, what, start).size;
  return { element, count: cursor.count(size, what) };
}

function scalarOf(cursor: GgufCursor, type: number, what: string, at = cursor.position): Scalar {
  const known = scalars.get(type);
  if (known !== undefined) return known;
  throw cursor.fail(at, what, `a value of type ${type}`, "a type from 0 to 12");
}
