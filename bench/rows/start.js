import { digits } from "../statistics.js";

/** A fresh process: from the end of the import to a tiny model's first result. */
export const rows = () => [
  {
    title: "a tiny GPT in a fresh process, made and run once",
    work: "start",
    task: { model: "gpt-tiny", seq: 16 },
    threads: 1,
    who: ["ours", "onnxruntime-web"],
    rate: (report) => `import ${digits(report.import)} ms before`,
  },
];
