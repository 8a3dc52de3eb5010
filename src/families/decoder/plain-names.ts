import { MultiHeadAttention } from "../../blocks";
import type { DecoderModel } from "../../models";
import { layer, type NameRule } from "../name-map";
import { plainHeads } from "./plain-spelling";

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

/** The names of the head's parameters. */
export function headNames(
  { head }: DecoderModel,
  others: Partial<Record<keyof typeof plainHeads, string>> = {},
): NameRule[] {
  const theirs = Object.entries({ ...plainHeads, ...others }).find(([kind]) => kind === head?.kind)?.[1];
  return theirs === undefined ? [] : layer("head.projection", theirs);
}
