/** BERT base on complete texts. */
export const rows = ({ smoke, threads }) =>
  (smoke
    ? [[2, 5]]
    : [
        [1, 128],
        [8, 128],
      ]
  ).flatMap(([batch, seq]) =>
    threads.map((count) => ({
      title: smoke ? "a tiny BERT" : `BERT base, ${batch} × ${seq} tokens`,
      work: "encode",
      task: { model: smoke ? "bert-tiny" : "bert-base", batch, seq },
      threads: count,
      who: ["ours", "onnxruntime-web", "transformers.js", "onnxruntime-node"],
      // 12 layers of 12 · 768² weights, plus scores and sums of 768 numbers per pair of tokens.
      operations: smoke ? undefined : batch * seq * 12 * (2 * 12 * 768 ** 2 + 4 * seq * 768),
    })),
  );
