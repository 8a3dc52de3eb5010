import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writevSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { sizes } from "./sizes.js";

/** Grows when the content of the files changes. */
const VERSION = 2;
const folder = fileURLToPath(new URL("../.models/", import.meta.url));
const make = fileURLToPath(new URL("./make.js", import.meta.url));

/** The ONNX graph of a model with weights of the given kind. */
export const onnxOf = (weights = "float32") => (weights === "float32" ? "onnx" : `${weights}.onnx`);

/**
 * The path of a model in a peer's format, created if missing, in another process to keep this one's memory clean.
 * @param format "onnx", "q8.onnx", "float32.gguf", "q8.gguf", "q4.gguf" or "directory"
 */
export function modelFile(name, format) {
  const said = JSON.stringify([VERSION, sizes[name]]);
  const version = createHash("sha256").update(said).digest("hex").slice(0, 8);
  const path = `${folder}${name}-${version}.${format}`;
  if (!existsSync(path)) execFileSync(process.execPath, ["--max-old-space-size=8192", make, name, format, path]);
  return path;
}

/** Writes chunks to a temporary file, and renames it when complete. */
export function writeChunks(path, chunks) {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(`${path}.part`, "w");
  for (let at = 0; at < chunks.length; at += 256) {
    const some = chunks.slice(at, at + 256).filter(({ length }) => length > 0);
    const wanted = some.reduce((sum, { length }) => sum + length, 0);
    if (wanted > 0 && writevSync(file, some) !== wanted) throw new Error(`${path}: incomplete write`);
  }
  closeSync(file);
  renameSync(`${path}.part`, path);
}

/** Fills a temporary directory, and renames it when complete. */
export async function writeDirectory(path, fill) {
  rmSync(`${path}.part`, { recursive: true, force: true });
  mkdirSync(`${path}.part`, { recursive: true });
  await fill(`${path}.part`);
  renameSync(`${path}.part`, path);
}
