/** Heap growth during long decoding. */
export const rows = ({ smoke }) => [
  {
    title: `${smoke ? 20 : 10_000} decoded tokens, ${smoke ? "a tiny GPT" : "6 layers, 384 wide"}: growth of the heap`,
    work: "endurance",
    task: smoke ? { model: "gpt-tiny", count: 20, context: 16 } : { model: "gpt-10m", count: 10_000, context: 256 },
    threads: 1,
    who: ["ours"],
    // The first run warms up, and the second is measured.
    repetitions: 1,
    rate: ({ grown }) => `${(grown / 1e6).toFixed(1)} MB`,
  },
];
