import { expectFunction, wrongKind } from "../checks";
import { FormatError } from "../errors";
import { isRecord } from "../fields";
import { missingFile } from "./model-file";
import type { OnProgress } from "./progress";
import { quote } from "./quote";
import { headerEnd, LENGTH_BYTES, readHeader } from "./safetensors/safetensors-header";
import type { FileParts } from "./sources/file-parts";
import type { OpenedSource } from "./sources/open-source";
import type { Dtype } from "./values/dtype";
import { decoding } from "./values/float32";
import { type StoredTensor, storedTensor } from "./values/stored-tensor";

/** A tensor of a checkpoint, not read yet. */
export interface CheckpointTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Reads it from its file, each time anew: the bytes are the caller's own. */
  read(): Promise<StoredTensor>;
}

/** The open files of a checkpoint. */
export interface OpenedCheckpoint {
  /** By name, in the order of their bytes, one file after the other. */
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  /** @param whole tells the progress that the files are done with */
  close(whole?: boolean): Promise<void>;
}

const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";

/**
 * Opens the tensors of a model directory: of `model.safetensors`, or of the shards that `model.safetensors.index.json`
 * names. Their headers are read and checked, the tensors only when they are asked for, so that a file may be of any
 * size. The index and its shards must list the same tensors.
 *
 * @throws TypeError for anything but what `openSource` gives
 * @throws FormatError where there is neither, or wherever they break their format or disagree
 * @example
 * ```ts
 * import { openCheckpoint, openSource } from "transformer-blocks/checkpoint";
 * const { tensors, close } = await openCheckpoint(await openSource("./examples/models/story"));
 * const embedding = await tensors.get("transformer.wte.weight")!.read();
 * embedding.toFloat32().length; // 65536
 * await close();
 * ```
 */
export async function openCheckpoint(opened: OpenedSource, onProgress?: OnProgress): Promise<OpenedCheckpoint> {
  if (typeof opened?.openOptional !== "function")
    throw wrongKind("openCheckpoint", "opened", "what openSource gives", opened);
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
      return [name, { dtype, shape, read }];
    }),
  );
}

async function openShards(
  opened: OpenedSource,
  open: (name: string) => Promise<Map<string, CheckpointTensor> | undefined>,
): Promise<Map<string, CheckpointTensor>> {
  const index = await opened.readOptionalJson(INDEX);
  if (index === undefined) return missingWeights(opened);
  const shardOf = weightMap(index, `${opened.name}/${INDEX}`);
  const tensors = new Map<string, CheckpointTensor>();
  for (const shard of new Set(shardOf.values())) {
    const file = `${opened.name}/${shard}`;
    const inShard = await open(shard);
    if (inShard === undefined) throw missingFile(opened.name, shard);
    for (const [name, tensor] of inShard) {
      const listed = shardOf.get(name);
      if (listed !== shard) {
        const found = listed === undefined ? "a tensor that the index does not list" : "a second copy of the tensor";
        const expected = listed === undefined ? `it in ${INDEX}` : `it in ${quote(listed)} alone, as ${INDEX} says`;
        throw new FormatError({ file, at: `tensor ${quote(name)}`, found, expected });
      }
      tensors.set(name, tensor);
    }
  }
  for (const [name, shard] of shardOf) {
    if (tensors.has(name)) continue;
    const expected = `it there, as ${INDEX} says`;
    const at = `tensor ${quote(name)}`;
    throw new FormatError({ file: `${opened.name}/${shard}`, at, found: "no tensor", expected });
  }
  return tensors;
}

/** Weights in forms that are not read: they can run code when they are opened, or need the model that they adapt. */
const OTHERS = [
  ...["pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack"],
  ...["adapter_model.safetensors", "adapter_model.bin"],
];

/** @throws FormatError always */
async function missingWeights(opened: OpenedSource): Promise<never> {
  for (const other of OTHERS) {
    if (!(await opened.holds(other))) continue;
    const advice =
      "load the model in Python, an adapter merged into it, and call save_pretrained, which writes that file";
    const expected = `it there, as weights are read from safetensors alone; ${advice}`;
    throw new FormatError({ file: opened.name, at: SINGLE, found: `no such file, but ${other}`, expected });
  }
  // Asked for again, as a file that must be there, for the error that says why it is not.
  await opened.read(SINGLE);
  throw missingFile(opened.name, SINGLE);
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
