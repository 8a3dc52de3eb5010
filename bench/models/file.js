import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, linkSync, mkdirSync, openSync, renameSync, writeFileSync, writevSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sizes } from "./sizes.js";

const folder = fileURLToPath(new URL("../.models/", import.meta.url));
const make = fileURLToPath(new URL("./make.js", import.meta.url));

/** The path of a model in a peer's format, created if missing, in another process to keep this one's memory clean. */
export function modelFile(name, format) {
  const version = createHash("sha256").update(JSON.stringify(sizes[name])).digest("hex").slice(0, 8);
  const path = `${folder}${name}-${version}.${format}`;
  if (!existsSync(path)) execFileSync(process.execPath, ["--max-old-space-size=8192", make, name, format, path]);
  return path;
}

/** A BERT in transformers.js's format: a directory with a config and the ONNX graph. */
export function modelDirectory(name) {
  const graph = modelFile(name, "onnx");
  const directory = graph.replace(/\.onnx$/, "");
  mkdirSync(`${directory}/onnx`, { recursive: true });
  writeFileSync(`${directory}/config.json`, JSON.stringify({ model_type: "bert" }));
  if (!existsSync(`${directory}/onnx/model.onnx`)) linkSync(graph, `${directory}/onnx/model.onnx`);
  return directory;
}

/** Writes chunks to a temporary file, and renames it when complete. */
export function writeChunks(path, chunks) {
  mkdirSync(folder, { recursive: true });
  const file = openSync(`${path}.part`, "w");
  for (let at = 0; at < chunks.length; at += 256) {
    const some = chunks.slice(at, at + 256).filter(({ length }) => length > 0);
    const wanted = some.reduce((sum, { length }) => sum + length, 0);
    if (wanted > 0 && writevSync(file, some) !== wanted) throw new Error(`${path}: incomplete write`);
  }
  closeSync(file);
  renameSync(`${path}.part`, path);
}
