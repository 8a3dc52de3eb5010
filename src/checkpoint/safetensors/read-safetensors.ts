import { checkOptions, expectString, wrongKind } from "../../checks";
import { isBytes } from "../bytes";
import { decoding } from "../values/float32";
import { type StoredTensor, storedTensor } from "../values/stored-tensor";
import { headerEnd, LENGTH_BYTES, readHeader } from "./safetensors-header";

export interface Safetensors {
  /** By name, in the order of their bytes in the file. */
  tensors: Map<string, StoredTensor>;
  metadata: Record<string, string>;
}

/**
 * Reads a safetensors file: eight bytes of header length N, N bytes of JSON, then the tensors' bytes without holes,
 * overlaps or anything left over. Nothing is copied: the tensors are views of `bytes`.
 *
 * @param options.file the name that errors give the file
 * @throws FormatError wherever the file breaks the format, naming the tensor or the byte offset
 * @see https://github.com/huggingface/safetensors#format
 * @example
 * ```ts
 * import { readSafetensors, writeSafetensors } from "transformer-blocks/checkpoint";
 * const { tensors } = readSafetensors(writeSafetensors({ x: { shape: [2], data: Float32Array.of(1, 2) } }));
 * [...tensors.get("x")!.toFloat32()]; // [1, 2]
 * ```
 */
export function readSafetensors(bytes: Uint8Array, options: { file?: string | undefined } = {}): Safetensors {
  checkOptions<{ file?: string | undefined }>("readSafetensors", options, { file: expectString });
  if (!isBytes(bytes)) throw wrongKind("readSafetensors", "bytes", "a Uint8Array", bytes);
  const file = options.file ?? "safetensors data";
  const end = headerEnd(bytes, bytes.length, file);
  const { entries, metadata } = readHeader(bytes.subarray(LENGTH_BYTES, end), bytes.length, file);
  // Plain views even of a Node Buffer, whose methods differ.
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset + end, bytes.length - end);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of entries)
    tensors.set(name, storedTensor(file, name, { dtype, shape, bytes: data.subarray(begin, end) }, decoding));
  return { tensors, metadata };
}
