/** BERT base on complete texts, in float32 and in 8 bits. */
export const rows = ({ smoke, threads }) =>
  (smoke
    ? [
        [2, 5, "float32"],
        [2, 5, "q8"],
      ]
    : [
        [1, 128, "float32"],
        [8, 128, "float32"],
        [8, 128, "q8"],
      ]
  ).flatMap(([batch, seq, weights]) =>
    threads.map((count) => ({
      title: `${smoke ? "a tiny BERT" : "BERT base"}, ${batch} × ${seq} tokens${weights === "q8" ? ", q8" : ""}`,
      work: "encode",
      task: { model: smoke ? "bert-tiny" : "bert-base", batch, seq, weights },
      threads: count,
      who:
        weights === "q8"
          ? ["ours", "strict", "float32", "onnxruntime-web", "transformers.js", "onnxruntime-node"]
          : ["ours", "onnxruntime-web", "transformers.js", "onnxruntime-node"],
      // 12 layers of 12 · 768² weights, plus scores and sums of 768 numbers per pair of tokens.
      operations: smoke ? undefined : batch * seq * 12 * (2 * 12 * 768 ** 2 + 4 * seq * 768),
      // Contestants round weights and activations differently.
      rounded: weights !== "float32",
    })),
  );
