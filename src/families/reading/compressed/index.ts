import type { CheckpointTensor, StoredTensor } from "../../../checkpoint";
import { FormatError } from "../../../errors";
import { type LaterParts, loadLater } from "../../../later";
import type { ConfigFields } from "../../config-fields";
import type { CompressedWeight, Compression, Part } from "./compression";

/**
 * What `quant_method` in the `quantization_config` of a config.json may say. The code of each is loaded when it is
 * needed.
 */
const compressions: LaterParts<Compression> = {
  fp8: async () => (await import("./fp8")).fp8,
  mxfp4: async () => (await import("./mxfp4")).mxfp4,
};

/**
 * The tensors of a checkpoint, where each compressed weight is one tensor of float32 that is decoded when it is read.
 * A checkpoint without a `quantization_config` is as it was.
 *
 * @throws FormatError for an unknown method, and for a weight whose parts are missing or do not fit
 */
export async function decompressed(
  tensors: ReadonlyMap<string, CheckpointTensor>,
  config: ConfigFields,
  file: string,
): Promise<ReadonlyMap<string, CheckpointTensor>> {
  if (config.get("quantization_config") === undefined) return tensors;
  const settings = config.object("quantization_config");
  const compression = await loadLater("quantization_config", settings.choice("quant_method", compressions));
  const whole = new Map(tensors);
  for (const [name, tensor] of tensors) {
    if (!compression.isCompressed({ name, tensor })) continue;
    const own = name.slice(0, name.length - compression.parts[0]!.length);
    const parts = compression.parts.map((end) => partNamed(own + end, name, tensors, file));
    const error = (part: number, found: string, expected: string) =>
      new FormatError({ file, at: `tensor "${parts[part]!.name}"`, found, expected });
    for (const part of parts) whole.delete(part.name);
    whole.set(own, decoded(parts, compression.weightOf(parts, settings, error)));
  }
  return whole;
}

function partNamed(name: string, first: string, tensors: ReadonlyMap<string, CheckpointTensor>, file: string): Part {
  const tensor = tensors.get(name);
  if (tensor !== undefined) return { name, tensor };
  const expected = `it beside "${first}", according to quantization_config in config.json`;
  throw new FormatError({ file, at: `tensor "${name}"`, found: "no such tensor", expected });
}

function decoded(parts: readonly Part[], { shape, decode }: CompressedWeight): CheckpointTensor {
  const read = async (): Promise<StoredTensor> => {
    const values = decode(await Promise.all(parts.map(({ tensor }) => tensor.read())));
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return { dtype: "F32", shape, bytes, toFloat32: () => values };
  };
  return { dtype: "F32", shape, read };
}
