import { ShapeError } from "../errors";
import { encodeFloats, type FloatDtype, floatSize } from "./encode-floats";
import { quote } from "./quote";
import { longestHeader } from "./safetensors-header";

/** Values in row-major order with their shape; a Tensor is one. */
export interface WritableTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** What its numbers are written as, rounded to nearest; F32 unless given. */
  readonly dtype?: FloatDtype | undefined;
}

/**
 * The safetensors file of these tensors, byte for byte as the reference implementation lays it out: metadata first, the
 * tensors sorted by the bytes of their UTF-8 names, the header padded with spaces to a multiple of eight bytes.
 * Metadata keys keep the order they are given in.
 *
 * @throws TypeError where a tensor's data is no Float32Array or a metadata value no string
 * @throws ShapeError where a tensor has more or fewer values than its shape
 * @throws RangeError for a name that cannot be written: `__metadata__`, or half a surrogate pair
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
  const sorted = [...(tensors instanceof Map ? tensors : Object.entries(tensors))].sort(byUtf8);
  const members = metadata === undefined ? [] : [`"__metadata__":${metadataJson(metadata)}`];
  let end = 0;
  for (const [name, tensor] of sorted) {
    checkTensor(name, tensor);
    const begin = end;
    const { dtype = "F32" }: WritableTensor = tensor;
    end += tensor.data.length * floatSize[dtype];
    const shape = tensor.shape.join(",");
    members.push(`${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`);
  }
  const header = new TextEncoder().encode(`{${members.join(",")}}`);
  const padded = Math.ceil(header.length / 8) * 8;
  if (padded > longestHeader) {
    throw new RangeError(`writeSafetensors: names and metadata take ${padded} bytes, more than ${longestHeader}`);
  }
  const bytes = new Uint8Array(8 + padded + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(header, 8);
  bytes.fill(0x20, 8 + header.length, 8 + padded);
  let offset = 8 + padded;
  for (const [, { data, dtype = "F32" }] of sorted) {
    const encoded = encodeFloats(data, dtype);
    bytes.set(encoded, offset);
    offset += encoded.length;
  }
  return bytes;
}

function checkTensor(name: string, { shape, data, dtype = "F32" }: WritableTensor): void {
  const tensor = `writeSafetensors: tensor ${quote(name)}`;
  if (name === "__metadata__") throw new RangeError(`${tensor} has the name the format keeps for its metadata`);
  if (!isWellFormed(name)) throw new RangeError(`${tensor} has half a surrogate pair in its name`);
  if (!(data instanceof Float32Array)) throw new TypeError(`${tensor} needs data that is a Float32Array`);
  if (!Object.hasOwn(floatSize, dtype)) throw new RangeError(`${tensor} needs a dtype F32, F16 or BF16, not ${dtype}`);
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new ShapeError(`${tensor} has the shape [${shape}], whose lengths must be integers ≥ 0`);
  }
  const elements = shape.reduce((product, length) => product * length, 1);
  if (elements !== data.length) {
    throw new ShapeError(`${tensor} has the shape [${shape}] of ${elements} values, but ${data.length} values`);
  }
}

function metadataJson(metadata: Readonly<Record<string, string>>): string {
  const members = Object.entries(metadata).map(([key, value]) => {
    if (typeof value !== "string") throw new TypeError(`writeSafetensors: metadata ${quote(key)} must be a string`);
    if (!isWellFormed(key + value)) {
      throw new RangeError(`writeSafetensors: metadata ${quote(key)} has half a surrogate pair`);
    }
    return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  });
  return `{${members.join(",")}}`;
}

/** The order of UTF-8 bytes is that of code points; JavaScript's own compares UTF-16 units, surrogates too low. */
function byUtf8([left]: [string, WritableTensor], [right]: [string, WritableTensor]): number {
  let index = 0;
  while (index < left.length && left[index] === right[index]) index += 1;
  return (left.codePointAt(index) ?? -1) - (right.codePointAt(index) ?? -1);
}

const isWellFormed = (text: string) => !/\p{Surrogate}/u.test(text);
