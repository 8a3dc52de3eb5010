import { FormatError } from "../errors";
import { missingFile } from "./model-file";
import type { OpenedSource } from "./open-source";
import type { OnProgress } from "./progress";
import { quote } from "./quote";
import { readSafetensors } from "./read-safetensors";
import type { StoredTensor } from "./stored-tensor";

const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";

/**
 * All tensors of a model directory: of `model.safetensors`, or of the shards that `model.safetensors.index.json` names.
 * The index and its shards must list the same tensors.
 *
 * @throws FormatError where there is neither, or wherever they break their format or disagree
 * @example
 * ```ts
 * import { openSource, readCheckpoint } from "transformer-blocks/checkpoint";
 * const tensors = await readCheckpoint(await openSource("./examples/models/story"));
 * tensors.get("transformer.wte.weight")?.shape; // [1024, 64]
 * ```
 */
export async function readCheckpoint(
  opened: OpenedSource,
  onProgress?: OnProgress,
): Promise<Map<string, StoredTensor>> {
  const bytes = await opened.readOptional(SINGLE, onProgress);
  if (bytes !== undefined) return readSafetensors(bytes, { file: `${opened.name}/${SINGLE}` }).tensors;
  if ((await opened.readOptional(INDEX)) === undefined) throw missingFile(opened.name, SINGLE);
  const shardOf = weightMap(await opened.readJson(INDEX), `${opened.name}/${INDEX}`);
  const tensors = new Map<string, StoredTensor>();
  for (const shard of new Set(shardOf.values())) {
    const file = `${opened.name}/${shard}`;
    for (const [name, tensor] of readSafetensors(await opened.read(shard, onProgress), { file }).tensors) {
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
    throw new FormatError({
      file: `${opened.name}/${shard}`,
      at: `tensor ${quote(name)}`,
      found: "no tensor",
      expected,
    });
  }
  return tensors;
}

function weightMap(index: unknown, file: string): Map<string, string> {
  const map = isObject(index) ? new Map(Object.entries(index)).get("weight_map") : undefined;
  if (!isObject(map)) {
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

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
