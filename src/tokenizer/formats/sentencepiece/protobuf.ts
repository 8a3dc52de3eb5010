import type { FormatError } from "../../../errors";
import { formatError } from "../../../fields";
import { strictTextOfUtf8 } from "../../text";

/** The encoding of a field's value, by the wire type in its tag. */
export const WIRE_KINDS = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const KIND_NAMES: ReadonlyMap<number, string> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Object.entries(WIRE_KINDS).map(([name, kind]) => [kind, name]),
);

const LONGEST_VARINT = 10;

/** One field of a message, not yet interpreted. */
export interface ProtobufField {
  readonly number: number;
  readonly kind: number;
  /** The byte offset of the field's tag. */
  readonly at: number;
  /** The value's bytes, `[from, to)` of the file. */
  readonly from: number;
  readonly to: number;
}

/**
 * Reads Protocol Buffers' wire format field by field: a tag (number and wire type), then the value. Every error names
 * the file and the byte; nothing is allocated based on a number in the file.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #file: string;

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#file = file;
  }

  /** The fields of the message in `[from, to)`, in file order. */
  *fields(from = 0, to = this.#bytes.length): Generator<ProtobufField> {
    for (let at = from; at < to; ) {
      const tag = this.#varint(at, to);
      const kind = tag.low & 7;
      const number = (tag.low >>> 3) | 0;
      if (tag.high !== 0 || number === 0) throw this.fail(at, "a tag without field number", "a field's tag");
      const [start, end] = this.#valueRange(kind, at, tag.end, to);
      yield { number, kind, at, from: start, to: end };
      at = end;
    }
  }

  #valueRange(kind: number, at: number, from: number, to: number): [from: number, to: number] {
    if (kind === WIRE_KINDS.varint) return [from, this.#varint(from, to).end];
    if (kind === WIRE_KINDS.fixed64) return this.#sized(from, from, 8, to);
    if (kind === WIRE_KINDS.fixed32) return this.#sized(from, from, 4, to);
    if (kind !== WIRE_KINDS.bytes) {
      throw this.fail(
        at,
        `wire type ${kind}`,
        `one of ${[...KIND_NAMES].map(([k, name]) => `${k} (${name})`).join(", ")}`,
      );
    }
    const { low, high, end } = this.#varint(from, to);
    return this.#sized(from, end, high * 2 ** 32 + (low >>> 0), to);
  }

  #sized(at: number, from: number, size: number, to: number): [from: number, to: number] {
    if (size > to - from) throw this.fail(at, `a value of ${size} bytes`, `at most the ${to - from} remaining bytes`);
    return [from, from + size];
  }

  #varint(from: number, to: number): { low: number; high: number; end: number } {
    let low = 0;
    let high = 0;
    for (let index = 0; index < LONGEST_VARINT; index++) {
      const byte = this.#bytes[from + index];
      if (byte === undefined || from + index >= to) {
        throw this.fail(from, "a truncated number", "its last byte");
      }
      const part = byte & 0x7f;
      const shift = 7 * index;
      if (shift < 32) low |= part << shift;
      if (shift >= 32) high |= part << (shift - 32);
      else if (shift > 25) high |= part >>> (32 - shift);
      if (byte < 0x80) {
        if (index === LONGEST_VARINT - 1 && part > 1) break;
        return { low, high: high >>> 0, end: from + index + 1 };
      }
    }
    throw this.fail(from, "a number of more than 64 bits", `at most ${LONGEST_VARINT} bytes and 64 bits`);
  }

  /** A signed 32-bit number, also used for enumerations. */
  int32(field: ProtobufField): number {
    this.#expect(field, WIRE_KINDS.varint);
    return this.#varint(field.from, field.to).low | 0;
  }

  boolean(field: ProtobufField): boolean {
    this.#expect(field, WIRE_KINDS.varint);
    const { low, high } = this.#varint(field.from, field.to);
    return low !== 0 || high !== 0;
  }

  /** A 32-bit floating-point number. */
  float(field: ProtobufField): number {
    this.#expect(field, WIRE_KINDS.fixed32);
    const value = this.#view.getFloat32(field.from, true);
    if (!Number.isFinite(value)) throw this.fail(field.from, String(value), "a finite number");
    return value;
  }

  bytes(field: ProtobufField): Uint8Array {
    this.#expect(field, WIRE_KINDS.bytes);
    return this.#bytes.subarray(field.from, field.to);
  }

  string(field: ProtobufField): string {
    const text = strictTextOfUtf8(this.bytes(field));
    if (text === undefined) throw this.fail(field.from, "invalid UTF-8", "UTF-8 text");
    return text;
  }

  /** The fields of a nested message. */
  message(field: ProtobufField): Generator<ProtobufField> {
    this.#expect(field, WIRE_KINDS.bytes);
    return this.fields(field.from, field.to);
  }

  #expect(field: ProtobufField, kind: number): void {
    if (field.kind === kind) return;
    const found = `field ${field.number} as ${KIND_NAMES.get(field.kind)}`;
    throw this.fail(field.at, found, String(KIND_NAMES.get(kind)));
  }

  fail(at: number, found: string, expected: string): FormatError {
    return formatError(this.#file, `byte ${at}`, found, expected);
  }
}
