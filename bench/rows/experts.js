/** A mixture of experts, beside only the matrix products of the experts that it chooses. */
export const rows = ({ smoke }) =>
  (smoke ? [2] : [1, 16, 256]).map((tokens) => ({
    title: `mixture of experts, 4 of 32, width 1024 → 512, ${tokens} tokens`,
    work: "experts",
    task: smoke
      ? { dModel: 8, dFeedForward: 4, experts: 4, topK: 2, tokens }
      : { dModel: 1024, dFeedForward: 512, experts: 32, topK: 4, tokens },
    threads: 1,
    who: ["ours", "products alone"],
  }));
