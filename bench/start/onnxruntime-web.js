// A fresh process: what the import of the runtime takes, and then a tiny model's session and its first result.
import { readFileSync } from "node:fs";
import { OnnxDecoder } from "../contestants/onnx-decoding.js";
import { modelFile } from "../models/file.js";
import { vocabSizeOf } from "../models/sizes.js";
import { tokens } from "../random.js";
import { report } from "./report.js";

const { model: name, seq } = JSON.parse(process.argv[2]);
const bytes = readFileSync(modelFile(name, "onnx"));
const begin = performance.now();
const module = await import("onnxruntime-web");
const runtime = module.default ?? module;
const imported = performance.now();
runtime.env.wasm.numThreads = 1;
const session = await runtime.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
const { data } = await new OnnxDecoder({ runtime, session }, name).logits(tokens(1, seq, vocabSizeOf(name))[0]);
report({ begin, imported, numbers: data });
