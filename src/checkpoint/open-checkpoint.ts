import { expectFunction, wrongKind } from "../checks";
import { FormatError } from "../errors";
import { isRecord } from "../fields";
import { missing } from "./model-file";
import type { OnProgress } from "./progress";
import { quote } from "./quote";
import { headerEnd, LENGTH_BYTES, readHeader } from "./safetensors/safetensors-header";
import type { FileParts } from "./sources/file-parts";
import type { OpenedSource } from "./sources/open-source";
import type { Dtype } from "./values/dtype";
import { decoding, inPlace, isReadInPlace } from "./values/float32";
import { type StoredTensor, storedTensor } from "./values/stored-tensor";

/** A tensor of a checkpoint that has not been read yet. */
export interface CheckpointTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Reads the tensor from its file on every call; the caller owns the bytes. */
  read(): Promise<StoredTensor>;
  /** Reads its numbers to where they are used, without a copy. Only tensors of F32, F16 and BF16 have it. */
  readInto?(values: Float32Array): Promise<void>;
}

/** The open files of a checkpoint. */
export interface OpenedCheckpoint {
  /** By name, in file order, one file after another. */
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  /** Ends reading. @param whole reports the files as complete to the progress callback */
  close(whole?: boolean): Promise<void>;
}

const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";

/**
 * Opens the tensors of a model directory: those of `model.safetensors`, or of the shards listed in
 * `model.safetensors.index.json`. Only the headers are read and checked; a tensor is read on demand, so files may be of
 * any size. The index and its shards must list the same tensors.
 *
 * @throws TypeError if `opened` is not the result of `openSource`
 * @throws FormatError if there are no such files, or if they are malformed or contradict each other
 * @example
 * ```ts
 * import { openCheckpoint, openSource } from "transformer-blocks/checkpoint";
 * const { tensors, close } = await openCheckpoint(await openSource("./examples/models/story"));
 * const embedding = await tensors.get("model.embed_tokens.weight")!.read();
 * embedding.toFloat32().length; // 108672
 * await close();
 * ```
 */
export async function openCheckpoint(opened: OpenedSource, onProgress?: OnProgress): Promise<OpenedCheckpoint> {
  if (typeof opened?.openOptional !== "function")
    throw wrongKind("openCheckpoint", "opened", "the result of openSource", opened);
  if (onProgress !== undefined) expectFunction("openCheckpoint", "onProgress", onProgress);
  const files: FileParts[] = [];
  const close = async (whole?: boolean) => {
    for (const file of files.splice(0)) await file.close(whole);
  };
  const open = async (name: string): Promise<Map<string, CheckpointTensor> | undefined> => {
    const parts = await opened.openOptional(name, onProgress);
    if (parts === undefined) return undefined;
    files.push(parts);
    return tensorsOf(parts, `${opened.name}/${name}`);
  };
  try {
    return { tensors: (await open(SINGLE)) ?? (await openShards(opened, open)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function tensorsOf(parts: FileParts, file: string): Promise<Map<string, CheckpointTensor>> {
  const start = headerEnd(await parts.read(0, Math.min(LENGTH_BYTES, parts.size)), parts.size, file);
  const { entries } = readHeader(await parts.read(LENGTH_BYTES, start), parts.size, file);
  return new Map(
    entries.map(({ name, dtype, shape, begin, end }) => {
      const read = async () => {
        const bytes = await parts.read(start + begin, start + end);
        return storedTensor(file, name, { dtype, shape, bytes }, decoding);
      };
      const readInto = async (values: Float32Array) => {
        const { bytes, finish } = inPlace(dtype, values);
        await parts.readInto(start + begin, bytes);
        finish();
      };
      return [name, { dtype, shape, read, ...(isReadInPlace(dtype) && { readInto }) }];
    }),
  );
}

async function openShards(
  opened: OpenedSource,
  open: (name: string) => Promise<Map<string, CheckpointTensor> | undefined>,
): Promise<Map<string, CheckpointTensor>> {
  const index = await opened.readOptionalJson(INDEX);
  if (index === undefined)
    return (await missing(opened.signal, `${opened.name}/${SINGLE}`)).missingWeights(opened, SINGLE);
  const shardOf = weightMap(index, `${opened.name}/${INDEX}`);
  const tensors = new Map<string, CheckpointTensor>();
  for (const shard of new Set(shardOf.values())) {
    const file = `${opened.name}/${shard}`;
    const inShard = await open(shard);
    if (inShard === undefined) throw (await missing(opened.signal, file)).missingFile(opened.name, shard);
    for (const [name, tensor] of inShard) {
      const listed = shardOf.get(name);
      if (listed !== shard) {
        const found = listed === undefined ? "a tensor that the index does not list" : "a second copy of the tensor";
        const expected =
          listed === undefined
            ? `only tensors that ${INDEX} lists`
            : `only the one in ${quote(listed)}, where ${INDEX} lists it`;
        throw new FormatError({ file, at: `tensor ${quote(name)}`, found, expected });
      }
      tensors.set(name, tensor);
    }
  }
  for (const [name, shard] of shardOf) {
    if (tensors.has(name)) continue;
    const expected = `the tensor, because ${INDEX} lists it in this file`;
    const at = `tensor ${quote(name)}`;
    throw new FormatError({ file: `${opened.name}/${shard}`, at, found: "no tensor", expected });
  }
  return tensors;
}

function weightMap(index: unknown, file: string): Map<string, string> {
  const map = isRecord(index) ? new Map(Object.entries(index)).get("weight_map") : undefined;
  if (!isRecord(map)) {
    const expected = "an object from tensor names to file names";
    throw new FormatError({ file, at: "weight_map", found: map === undefined ? "nothing" : "another kind", expected });
  }
  return new Map(
    Object.entries(map).map(([name, shard]) => {
      if (typeof shard === "string") return [name, shard];
      throw new FormatError({ file, at: `weight_map[${quote(name)}]`, found: typeof shard, expected: "a file name" });
    }),
  );
}
