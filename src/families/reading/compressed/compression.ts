import type { CheckpointTensor, StoredTensor } from "../../../checkpoint";
import type { FormatError } from "../../../errors";
import type { ConfigFields } from "../../config-fields";

/** A tensor with its name in the file. */
export interface Part {
  readonly name: string;
  readonly tensor: CheckpointTensor;
}

/** A way of storing a weight in fewer bits, in several tensors. */
export interface Compression {
  /** How their names end, in place of nothing at the end of the weight's own name. The first holds the numbers. */
  readonly parts: readonly string[];
  /** Whether a tensor is the first part of a compressed weight. Others are read as they are. */
  isCompressed(part: Part): boolean;
  /**
   * The weight that these parts hold. Nothing is read before.
   *
   * @param settings the config's quantization_config
   * @param error an error about one of the parts, by its place
   * @throws FormatError if their dtypes or shapes do not fit
   */
  weightOf(
    parts: readonly Part[],
    settings: ConfigFields,
    error: (part: number, found: string, expected: string) => FormatError,
  ): CompressedWeight;
}

export interface CompressedWeight {
  readonly shape: readonly number[];
  decode(parts: readonly StoredTensor[]): Float32Array;
}
