import type { DecoderModel } from "transformer-blocks";
import { type Neighbour, neighbours, type Point, principalPlane, unit, type Vectors, vectorAt } from "./plane";

/** Enough for a small vocabulary; of a large one, the first tokens, which are the frequent ones. */
const MOST_NUMBERS = 4_000_000;

/** The vectors of a model's vocabulary. */
export function vocabularyOf({ config, embedding }: DecoderModel): Vectors {
  const size = embedding.forward([[0]], {}).shape[2];
  const rows = Math.min(config.vocabSize, Math.floor(MOST_NUMBERS / size));
  const { data } = embedding.forward([Array.from({ length: rows }, (_, id) => id)], {});
  return { rows, size, data };
}

export interface Placed extends Point {
  id: number;
  /** Whether it is a token of the text, and not a neighbour of one. */
  isOwn: boolean;
}

/** Neighbours are more similar than random directions are: the cosine of those has the standard deviation 1 / √size. */
const leastSimilar = ({ size }: Vectors): number => 4 / Math.sqrt(size);
/** So many tokens with almost the same vector were not told apart by training. */
const CROWD = 100;
const SAME = 0.95;

/** The nearest tokens that are near indeed, or "untrained" for a token that the model has hardly seen. */
export function neighboursOf(table: Vectors, id: number, top: number): Neighbour[] | "untrained" {
  const all = neighbours(table, vectorAt(table, id), CROWD, new Set([id]));
  if (all.length === CROWD && all.at(-1)!.similarity > SAME) return "untrained";
  return all.slice(0, top).filter(({ similarity }) => similarity >= leastSimilar(table));
}

/** Tokens and their nearest neighbours in the plane in which they lie farthest apart. */
export function planeOf(table: Vectors, ids: readonly number[], each: number): Placed[] {
  const own = [...new Set(ids)].filter((id) => id < table.rows);
  const near = own.flatMap((id) => {
    const found = neighboursOf(table, id, each);
    return found === "untrained" ? [] : found.map((neighbour) => neighbour.id);
  });
  const shown = [...new Set([...own, ...near])];
  const points = principalPlane(shown.map((id) => unit(vectorAt(table, id))));
  return shown.map((id, i) => ({ id, isOwn: own.includes(id), ...points[i]! }));
}

/** The token with the most similar neighbour: the first whose neighbours are listed. */
export function mostAlike(table: Vectors, ids: readonly number[]): number | undefined {
  const nearest = (id: number) => {
    const found = neighboursOf(table, id, 1);
    return found === "untrained" ? 0 : (found[0]?.similarity ?? 0);
  };
  return [...ids].sort((a, b) => nearest(b) - nearest(a))[0];
}
