import { readFile } from "node:fs/promises";
import { type Tensor, tensor } from "transformer-blocks";
import { readSafetensors } from "transformer-blocks/checkpoint";
import { loadTokenizer, type Tokenizer } from "transformer-blocks/tokenizer";

/** A vector for each word, and the tokenizer that knows the words. */
export interface WordVectors {
  vectors: Tensor;
  tokenizer: Tokenizer;
}

/** Opens what `npm run train:words` has trained. */
export async function loadWordVectors(folder: string): Promise<WordVectors> {
  const { tensors } = readSafetensors(await readFile(`${folder}/model.safetensors`));
  const stored = tensors.get("embedding.weight");
  if (stored === undefined) throw new Error(`${folder}/model.safetensors has no tensor "embedding.weight"`);
  return { vectors: tensor(stored.toFloat32(), stored.shape), tokenizer: await loadTokenizer(folder) };
}
