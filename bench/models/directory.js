import { cpSync, existsSync, linkSync, mkdirSync, writeFileSync } from "node:fs";
import { savePretrained } from "../../dist/families.js";
import { savedAt } from "./build.js";
import { modelFile, onnxOf } from "./file.js";
import { sizes, vocabSizeOf } from "./sizes.js";
import { tokenizerFiles } from "./tokenizer-files.js";

/** A directory's config, weights and tokenizer, in the layout of the Hugging Face hub. */
export async function fillDirectory(folder, name, model) {
  const saved = savedAt(name);
  if (saved) return cpSync(saved, folder, { recursive: true });
  await savePretrained({ model }, folder);
  for (const [file, content] of Object.entries(tokenizerFiles(sizes[name].kind, vocabSizeOf(name))))
    writeFileSync(`${folder}/${file}`, JSON.stringify(content));
}

/** What transformers.js calls the kinds of weights, and the end of their files' names. */
export const dtypes = { float32: ["fp32", ""], q8: ["q8", "_quantized"] };

/** A directory that this library and transformers.js open: with the ONNX graph of these weights, if it is for the latter. */
export function modelDirectory(name, onnxWeights) {
  const directory = modelFile(name, "directory");
  if (!onnxWeights) return directory;
  const graph = `${directory}/onnx/model${dtypes[onnxWeights][1]}.onnx`;
  mkdirSync(`${directory}/onnx`, { recursive: true });
  if (!existsSync(graph)) linkSync(modelFile(name, onnxOf(onnxWeights)), graph);
  return directory;
}
