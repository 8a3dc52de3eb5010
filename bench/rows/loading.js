/** A directory of Hugging Face's, beside only reading its largest file. */
export const rows = ({ smoke }) => [
  {
    title: smoke ? "loading a tiny BERT" : "loading BERT base, 438 MB",
    work: "loading",
    task: { model: smoke ? "bert-tiny" : "bert-base" },
    threads: 1,
    who: ["ours", "reading alone"],
  },
];
