import { digits } from "../statistics.js";

const bertWeights = 4 * 108_891_648;
const megabytes = (bytes) => Math.round(bytes / 1e6);

/** Peak memory of building and running a BERT base, minus that of an empty process. */
export const rows = ({ smoke }) => [
  {
    title: smoke
      ? "memory of a tiny BERT"
      : `memory of BERT base (weights ${megabytes(bertWeights)} MB), 1 × 128 tokens`,
    work: "encode",
    task: { model: smoke ? "bert-tiny" : "bert-base", batch: 1, seq: smoke ? 5 : 128 },
    threads: 1,
    who: ["ours", "onnxruntime-web", "onnxruntime-node"],
    rate: ({ peak, before }) =>
      `peak ${megabytes(peak - before)} MB${smoke ? "" : `, ${digits((peak - before) / bertWeights)} × the weights`}`,
  },
];
