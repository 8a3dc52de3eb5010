import { openCheckpoint } from "./open-checkpoint";
import type { OnProgress } from "./progress";
import type { OpenedSource } from "./sources/open-source";
import type { StoredTensor } from "./values/stored-tensor";

/**
 * All tensors of a model directory: those of `model.safetensors`, or of the shards listed in
 * `model.safetensors.index.json`. The index and its shards must list the same tensors. Each tensor is read into its own
 * memory.
 * @throws FormatError where there is neither, or wherever they break their format or disagree
 * @example
 * ```ts
 * import { openSource, readCheckpoint } from "transformer-blocks/checkpoint";
 * const tensors = await readCheckpoint(await openSource("./examples/models/story"));
 * tensors.get("model.embed_tokens.weight")?.shape; // [849, 128]
 * ```
 */
export async function readCheckpoint(
  opened: OpenedSource,
  onProgress?: OnProgress,
): Promise<Map<string, StoredTensor>> {
  const checkpoint = await openCheckpoint(opened, onProgress);
  let whole = false;
  try {
    const tensors = new Map<string, StoredTensor>();
    for (const [name, tensor] of checkpoint.tensors) tensors.set(name, await tensor.read());
    whole = true;
    return tensors;
  } finally {
    await checkpoint.close(whole);
  }
}
