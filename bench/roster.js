const relaxed = ["--experimental-wasm-relaxed-simd"];

/**
 * The contestants, by their names in --who. `task` changes a row's task for one of them. `inside` may run in the
 * benchmark's own process where nothing is timed.
 */
export const roster = {
  ours: { title: "**transformer-blocks**", file: "ours.js", flags: relaxed, inside: true },
  strict: { title: "transformer-blocks, strict SIMD", file: "ours-strict.js" },
  float32: { title: "transformer-blocks, float32", file: "ours.js", flags: relaxed, task: { weights: "float32" } },
  "onnxruntime-web": { title: "onnxruntime-web", file: "onnxruntime-web.js" },
  "onnxruntime-node": { title: "onnxruntime-node (native)", file: "onnxruntime-node.js" },
  "transformers.js": { title: "transformers.js (wasm)", file: "transformers-js.js" },
  "transformers.js sorted": {
    title: "transformers.js (wasm), batches sorted by length",
    file: "transformers-js.js",
    task: { batchSize: 8 },
  },
  "tfjs-wasm": { title: "tfjs-backend-wasm", file: "tfjs-wasm.js" },
  "jax-js": { title: "jax-js (wasm)", file: "jax-js.js", flags: relaxed },
  "llama.cpp": { title: "llama.cpp (native, node-llama-cpp)", file: "llama-cpp.js" },
  pytorch: { title: "PyTorch (native, Python)", file: "pytorch.js" },
  "Math.random": { title: "Math.random", file: "math-random.js" },
  "typed array": { title: "Float32Array's own sort", file: "typed-array.js" },
  "products alone": { title: "the products of the chosen experts alone", file: "chosen-products.js", flags: relaxed },
  "without a constraint": { title: "without a schema", file: "without-constraint.js", flags: relaxed },
  "without a draft": { title: "the model alone", file: "without-draft.js", flags: relaxed },
  "reading alone": { title: "reading its weights file alone", file: "reading.js" },
  limit: { title: "limit", file: "limits.js", flags: relaxed, inside: true },
};
