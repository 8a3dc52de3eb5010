/** Sampling under a JSON schema, beside sampling without one. */
export const rows = ({ smoke }) => [
  {
    title: `${smoke ? "gpt-tiny" : "GPT-2 124M"}, sampling JSON of a schema`,
    work: "constraints",
    task: { model: smoke ? "gpt-tiny" : "gpt2-124m", prompt: 4, count: smoke ? 8 : 32, context: smoke ? 64 : 512 },
    threads: 1,
    who: ["ours", "without a constraint"],
    tokens: smoke ? 8 : 32,
  },
];
