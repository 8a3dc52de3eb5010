/** The time to the first token of the next turn of a chat, after a text that is held or read again. */
export const rows = ({ smoke, threads }) =>
  (smoke
    ? [[8, true]]
    : [
        [128, true],
        [512, true],
        [512, false],
      ]
  ).flatMap(([held, keeps]) =>
    threads.map((number) => ({
      title: `${smoke ? "a tiny GPT" : "GPT-2 124M"}, a turn of ${smoke ? 4 : 32} new tokens after ${held} ${keeps ? "in a PrefixCache" : "that are read again"}`,
      work: "turns",
      task: { model: smoke ? "gpt-tiny" : "gpt2-124m", held, added: smoke ? 4 : 32, keeps },
      threads: number,
      who: ["ours"],
      rate: () => "",
    })),
  );
