import { MultiHeadAttention } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { Spelling } from "../family";
import { layer, type NameRule } from "../name-map";

const projections = ["query", "key", "value"];

/** The groups of a tensor in which each head of keys follows its queries, and is followed by its values. */
export function groupsOf(model: DecoderModel): number {
  for (const part of model.modules().values()) if (part instanceof MultiHeadAttention) return part.keyValueHeads;
  return 1;
}

/** Queries, keys and values of a block in one tensor. */
export const fused = (theirs: string, how: Parameters<typeof layer>[2] = {}, order = projections): NameRule[] =>
  layer(
    order.map((name) => `blocks.*.attention.${name}`),
    theirs,
    how,
  );

/** Queries, keys and values of a block in a tensor each. */
export const separate = (theirs: string): NameRule[] =>
  projections.flatMap((name) => layer(`blocks.*.attention.${name}`, `${theirs}.${name[0]}_proj`));

/** The names of heads in checkpoints. */
const names = {
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
  prefix: { text: prefix, outside: [...Object.values(names), head].map((name) => `${name}.`) },
  tied: Object.fromEntries([names.languageModel, head].map((name) => [`${name}.weight`, `${prefix}${table}.weight`])),
  ignored,
});

/** The names of the head's parameters. */
export function headNames(
  { head }: DecoderModel,
  others: Partial<Record<keyof typeof names, string>> = {},
): NameRule[] {
  const theirs = Object.entries({ ...names, ...others }).find(([kind]) => kind === head?.kind)?.[1];
  return theirs === undefined ? [] : layer("head.projection", theirs);
}
