import type { Spelling } from "../family";

/** The names of heads in checkpoints. */
export const plainHeads = {
  languageModel: "lm_head",
  sequenceClass: "score",
  tokenClass: "classifier",
  questionAnswering: "qa_outputs",
} as const;

/**
 * How the names of a plain decoder are spelled: those of all but the head begin with a prefix.
 *
 * @param table the name of the embedding, which the head's weight may be tied to
 */
export const plainSpelling = (
  prefix: string,
  table: string,
  { head = "lm_head", ignored }: { head?: string; ignored?: readonly string[] } = {},
): Spelling => ({
  prefix: { text: prefix, outside: [...Object.values(plainHeads), head].map((name) => `${name}.`) },
  tied: Object.fromEntries(
    [plainHeads.languageModel, head].map((name) => [`${name}.weight`, `${prefix}${table}.weight`]),
  ),
  ignored,
});
