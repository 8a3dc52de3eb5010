import { describe, expectRecord, expectString } from "../../checks";
import { conversion } from "../../describe";
import { ShapeError } from "../../errors";
import { quote } from "../quote";
import { newBytes } from "../sources/file-parts";
import { encodeFloats, type FloatDtype, floatSize } from "../values/encode-floats";
import { LENGTH_BYTES, longestHeader } from "./safetensors-header";

/** Values in row-major order with their shape, such as a Tensor. */
export interface WritableTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** The stored type, rounded to nearest; F32 if omitted. */
  readonly dtype?: FloatDtype | undefined;
}

/**
 * Writes a safetensors file, byte for byte like the reference implementation: metadata first, tensors sorted by the
 * bytes of their UTF-8 names, the header padded with spaces to a multiple of eight bytes. Metadata keys keep their
 * order.
 *
 * @throws TypeError if a tensor's data is not a Float32Array or a metadata value is not a string
 * @throws ShapeError if a tensor's data does not match its shape
 * @throws RangeError for a name that cannot be written: `__metadata__`, or one with a lone surrogate
 * @see https://github.com/huggingface/safetensors#format
 * @example
 * ```ts
 * import { writeSafetensors } from "transformer-blocks/checkpoint";
 * writeSafetensors({ x: { shape: [2], data: Float32Array.of(1, 2) } }).length; // 72
 * ```
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, WritableTensor> | Readonly<Record<string, WritableTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const { length, parts } = safetensorsParts(tensors, metadata);
  const bytes = newBytes(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/**
 * The same file as a sequence of parts, for `writeDirectory`, so that no second copy has to fit into memory.
 * The tensors' data must not change until the parts are written.
 */
export function safetensorsParts(
  tensors: ReadonlyMap<string, WritableTensor> | Readonly<Record<string, WritableTensor>>,
  metadata?: Readonly<Record<string, string>>,
): { length: number; parts: Iterable<Uint8Array> } {
  if (!(tensors instanceof Map)) expectRecord("writeSafetensors", "tensors", tensors);
  if (metadata !== undefined) expectRecord("writeSafetensors", "metadata", metadata);
  const entries: [string, WritableTensor][] = [...(tensors instanceof Map ? tensors : Object.entries(tensors))];
  for (const [name, tensor] of entries) checkTensor(name, tensor);
  const sorted = entries.sort(byUtf8);
  const members = metadata === undefined ? [] : [`"__metadata__":${metadataJson(metadata)}`];
  let end = 0;
  for (const [name, tensor] of sorted) {
    const begin = end;
    const { dtype = "F32" }: WritableTensor = tensor;
    end += tensor.data.length * floatSize[dtype];
    const shape = tensor.shape.join(",");
    members.push(`${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`);
  }
  const header = headerBytes(`{${members.join(",")}}`);
  function* parts(): Generator<Uint8Array> {
    yield header;
    for (const [, { data, dtype = "F32" }] of sorted) yield encodeFloats(data, dtype);
  }
  return { length: header.length + end, parts: parts() };
}

/** The header, preceded by its length and padded with spaces. */
function headerBytes(text: string): Uint8Array {
  const header = new TextEncoder().encode(text);
  const padded = Math.ceil(header.length / 8) * 8;
  if (padded > longestHeader) {
    throw new RangeError(`writeSafetensors: names and metadata take ${padded} bytes, more than ${longestHeader}`);
  }
  const bytes = new Uint8Array(LENGTH_BYTES + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(header, LENGTH_BYTES);
  return bytes;
}

function checkTensor(name: string, value: WritableTensor): void {
  expectString("writeSafetensors", "the name of a tensor", name);
  const tensor = `writeSafetensors: tensor ${quote(name)}`;
  if (typeof value !== "object" || value === null || !Array.isArray(value.shape))
    throw new TypeError(
      `${tensor} must be an object with a shape, which is an array, and data${conversion("array", value?.shape)}`,
    );
  const { shape, data, dtype = "F32" } = value;
  if (name === "__metadata__")
    throw new RangeError(`${tensor} has the name that the format reserves for metadata; rename it`);
  if (!isWellFormed(name)) throw new RangeError(`${tensor} has a lone surrogate in its name`);
  if (!(data instanceof Float32Array)) throw new TypeError(`${tensor} needs a Float32Array as its data`);
  if (!Object.hasOwn(floatSize, dtype))
    throw new RangeError(`${tensor} needs a dtype F32, F16 or BF16, not ${describe(dtype)}`);
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new ShapeError(
      `${tensor} has the shape [${shape.map(describe).join(", ")}], whose lengths must be integers ≥ 0${conversion(
        "number",
        shape.find((length: unknown) => typeof length === "bigint"),
      )}`,
    );
  }
  const elements = shape.reduce((product, length) => product * length, 1);
  if (elements !== data.length) {
    throw new ShapeError(
      `${tensor} has shape [${shape}], which needs ${elements} values, but its data has ${data.length}`,
    );
  }
}

function metadataJson(metadata: Readonly<Record<string, string>>): string {
  const members = Object.entries(metadata).map(([key, value]) => {
    expectString("writeSafetensors", `metadata ${quote(key)}`, value);
    if (!isWellFormed(key + value)) {
      throw new RangeError(`writeSafetensors: metadata ${quote(key)} has a lone surrogate`);
    }
    return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  });
  return `{${members.join(",")}}`;
}

/** UTF-8 bytes sort by code point; JavaScript compares UTF-16 units, which puts surrogates too low. */
function byUtf8([left]: [string, WritableTensor], [right]: [string, WritableTensor]): number {
  let index = 0;
  while (index < left.length && left[index] === right[index]) index += 1;
  return (left.codePointAt(index) ?? -1) - (right.codePointAt(index) ?? -1);
}

const isWellFormed = (text: string) => !/\p{Surrogate}/u.test(text);
