import { FormatError } from "../../errors";
import { quote } from "../quote";
import { byteLength, type Dtype, dtypeNames, isDtype } from "../values/dtype";
import { HeaderCursor } from "./header-cursor";

/** The reference implementation's limit on the header's length, in bytes. */
export const longestHeader = 100_000_000;

/** Size of the field that stores the header length. */
export const LENGTH_BYTES = 8;

/** A tensor's entry in the header. */
export interface Entry {
  name: string;
  dtype: Dtype;
  shape: number[];
  /** Relative to the end of the header. */
  begin: number;
  end: number;
}

export interface SafetensorsHeader {
  /** In file order; together they cover the file's data exactly once. */
  readonly entries: readonly Entry[];
  readonly metadata: Record<string, string>;
}

/**
 * The byte at which the header ends, from the file's first bytes.
 *
 * @param size the size of the file
 */
export function headerEnd(start: Uint8Array, size: number, file: string): number {
  if (size < LENGTH_BYTES) {
    const expected = `at least the ${LENGTH_BYTES} bytes of the header length`;
    throw new FormatError({ file, at: "byte 0", found: `a file of ${size} bytes`, expected });
  }
  const length = new DataView(start.buffer, start.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  const longest = Math.min(longestHeader, size - LENGTH_BYTES);
  if (length > longest) {
    const expected = `at most ${longest} (the file has ${size} bytes); check that the file is complete`;
    throw new FormatError({ file, at: "byte 0", found: `a header length of ${length}`, expected });
  }
  return LENGTH_BYTES + Number(length);
}

/**
 * Reads the header.
 *
 * @param bytes from the header's first to its last
 * @param size the size of the file
 */
export function readHeader(bytes: Uint8Array, size: number, file: string): SafetensorsHeader {
  const { entries, metadata } = parseHeader(headerText(bytes, file), file);
  return { entries: laidOut(entries, size - LENGTH_BYTES - bytes.length, file), metadata };
}

function headerText(bytes: Uint8Array, file: string): string {
  if (bytes[0] !== 0x7b) {
    const found = bytes.length === 0 ? "an empty header" : `byte 0x${bytes[0]?.toString(16)}`;
    throw new FormatError({ file, at: `byte ${LENGTH_BYTES}`, found, expected: 'a header that begins with "{"' });
  }
  try {
    // A byte order mark cannot precede "{", so the decoder never drops one.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const at = `bytes ${LENGTH_BYTES} to ${LENGTH_BYTES + bytes.length}`;
    throw new FormatError({ file, at, found: "a header that is invalid UTF-8", expected: "valid UTF-8" });
  }
}

function parseHeader(text: string, file: string): { entries: Entry[]; metadata: Record<string, string> } {
  const cursor = new HeaderCursor(text, file, LENGTH_BYTES);
  const entries: Entry[] = [];
  const metadata: [string, string][] = [];
  cursor.object("the header", (key) => {
    if (key !== "__metadata__") {
      entries.push(parseEntry(cursor, key));
      return;
    }
    cursor.object("__metadata__", (field) => {
      metadata.push([field, cursor.string(`a string as the metadata's ${quote(field)}`)]);
    });
  });
  cursor.end();
  return { entries, metadata: Object.fromEntries(metadata) };
}

function parseEntry(cursor: HeaderCursor, name: string): Entry {
  const tensor = `tensor ${quote(name)}`;
  let dtype: Dtype | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  const fields: Record<string, () => void> = {
    dtype: () => {
      dtype = parseDtype(cursor, tensor);
    },
    shape: () => {
      shape = cursor.integers(`the shape of ${tensor}`);
    },
    data_offsets: () => {
      offsets = cursor.integers(`the data_offsets of ${tensor}`);
    },
  };
  cursor.object(tensor, (field) => {
    const read = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (read === undefined) cursor.fail(`only dtype, shape and data_offsets in ${tensor}`, `the field ${quote(field)}`);
    read();
  });
  const [begin, end, ...more] = offsets ?? [];
  if (dtype === undefined) cursor.fail("a dtype", `no dtype in ${tensor}`);
  if (shape === undefined) cursor.fail("a shape", `no shape in ${tensor}`);
  if (begin === undefined || end === undefined || more.length > 0) {
    cursor.fail("two numbers", `${offsets?.length ?? "no"} data_offsets in ${tensor}`);
  }
  return { name, dtype, shape, begin, end };
}

function parseDtype(cursor: HeaderCursor, tensor: string): Dtype {
  const name = cursor.string(`the dtype of ${tensor}, a string`);
  if (!isDtype(name)) cursor.fail(`one of ${dtypeNames.join(", ")}`, `dtype ${quote(name)} in ${tensor}`);
  return name;
}

/** The entries in file order, after checking that together they cover `length` bytes exactly once. */
function laidOut(entries: Entry[], length: number, file: string): Entry[] {
  const sorted = entries.toSorted((left, right) => left.begin - right.begin || left.end - right.end);
  let covered = 0;
  for (const { name, dtype, shape, begin, end } of sorted) {
    const at = `tensor ${quote(name)}`;
    const found = `data_offsets [${begin}, ${end}]`;
    if (begin !== covered) {
      const fault = begin > covered ? "without a gap" : "without an overlap";
      throw new FormatError({ file, at, found, expected: `it to begin at ${covered}, ${fault}` });
    }
    const size = byteLength(dtype, shape);
    if (size === undefined || end - begin !== size) {
      const elements = `dtype ${dtype} and shape ${shapeText(shape)}`;
      const expected = `${size === undefined ? "a whole number of bytes below 2⁵³" : `${size} bytes`} for ${elements}`;
      throw new FormatError({ file, at, found, expected });
    }
    if (end > length)
      throw new FormatError({ file, at, found, expected: `an end within the file's ${length} bytes of data` });
    covered = end;
  }
  if (covered !== length) {
    const found = `${length - covered} bytes that belong to no tensor`;
    throw new FormatError({ file, at: `data byte ${covered}`, found, expected: "the end of the file" });
  }
  return sorted;
}

const shapeText = (shape: readonly number[]) => `[${shape.slice(0, 8).join(", ")}${shape.length > 8 ? ", …" : ""}]`;
