import { modelOf } from "./build.js";
import { fillDirectory } from "./directory.js";
import { writeChunks, writeDirectory } from "./file.js";
import { decoderGguf } from "./gguf-decoder.js";
import { bertGraph } from "./onnx-bert.js";
import { decoderGraph } from "./onnx-decoder.js";
import { modelChunks } from "./onnx-writer.js";
import { sizes } from "./sizes.js";

// node make.js NAME onnx|q8.onnx|float32.gguf|q8.gguf|q4.gguf|directory PATH
const [name, format, path] = process.argv.slice(2);
const { kind, padded } = sizes[name];
const model = await modelOf(name);
const [first, last] = [format.split(".")[0], format.split(".").at(-1)];

function onnx(weights) {
  return modelChunks(kind === "bert" ? bertGraph(model, { weights, padded }) : decoderGraph(model, { weights }));
}

if (format === "directory") await writeDirectory(path, (folder) => fillDirectory(folder, name, model));
else writeChunks(path, last === "onnx" ? onnx(first) : decoderGguf(model, kind, first));
