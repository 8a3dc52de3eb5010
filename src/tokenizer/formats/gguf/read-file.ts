import type { OnProgress, OpenedSource } from "../../../checkpoint";
import { readGgufMetadataOf } from "../../../checkpoint/internal";
import type { Tokenizer } from "../../pipeline";
import { tokenizerFromGguf } from "./from-gguf";

/** Reads only the metadata, however large the file is. */
export async function readGgufTokenizer(
  opened: OpenedSource,
  file: string,
  onProgress?: OnProgress,
): Promise<Tokenizer> {
  const parts = await opened.openOptional(file, onProgress);
  // Reading the missing file throws an error that shows where it was expected.
  if (parts === undefined) return tokenizerFromGguf(await opened.read(file));
  const name = `${opened.name}/${file}`;
  try {
    return tokenizerFromGguf(await readGgufMetadataOf(parts, name), { name });
  } finally {
    await parts.close();
  }
}
