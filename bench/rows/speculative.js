/** Speculative decoding with a draft a tenth the size, of whose tokens a share is accepted, beside plain decoding. */
export const rows = ({ smoke }) => [
  {
    title: `${smoke ? "gpt-tiny" : "GPT-2 124M"}, decoding with a draft a tenth the size, 70 % accepted`,
    work: "speculative",
    task: {
      model: smoke ? "gpt-tiny" : "gpt2-124m",
      draft: smoke ? "gpt-tiny" : "gpt-12m",
      // Enough tokens at a time for the share of accepted ones to be the same in each run.
      ...{ accepted: 0.7, proposals: 3, prompt: 4, count: smoke ? 8 : 64, context: smoke ? 64 : 1024 },
    },
    threads: 1,
    who: ["ours", "without a draft"],
    tokens: smoke ? 8 : 64,
  },
];
