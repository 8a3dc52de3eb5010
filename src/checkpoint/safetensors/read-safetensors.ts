import { checkOptions, expectString, wrongKind } from "../../checks";
import { isBytes } from "../bytes";
import { decoding } from "../values/float32";
import { type StoredTensor, storedTensor } from "../values/stored-tensor";
import { headerEnd, LENGTH_BYTES, readHeader } from "./safetensors-header";

/** What `readSafetensors` reads. */
export interface Safetensors {
  /** By name, in file order. */
  tensors: Map<string, StoredTensor>;
  metadata: Record<string, string>;
}

/**
 * Reads a safetensors file: eight bytes with the header length N, N bytes of JSON, then the tensors' bytes with no
 * gaps, overlaps or trailing bytes. Nothing is copied: the tensors are views of `bytes`.
 *
 * @param options.file the file's name in errors
 * @throws FormatError if the file is malformed, naming the tensor or the byte offset
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
  // Plain views, even of a Node Buffer, whose methods differ.
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset + end, bytes.length - end);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of entries)
    tensors.set(name, storedTensor(file, name, { dtype, shape, bytes: data.subarray(begin, end) }, decoding));
  return { tensors, metadata };
}
