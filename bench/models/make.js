import { buildModel } from "./build.js";
import { writeChunks } from "./file.js";
import { decoderGguf } from "./gguf-decoder.js";
import { bertGraph } from "./onnx-bert.js";
import { decoderGraph } from "./onnx-decoder.js";
import { modelChunks } from "./onnx-writer.js";
import { sizes } from "./sizes.js";

// node make.js NAME onnx|float32.gguf|q8.gguf|q4.gguf PATH
const [name, format, path] = process.argv.slice(2);
const model = buildModel(name);
const { kind } = sizes[name];
const onnx = () => modelChunks(kind === "bert" ? bertGraph(model) : decoderGraph(model));
writeChunks(path, format === "onnx" ? onnx() : decoderGguf(model, kind, format.split(".")[0]));
