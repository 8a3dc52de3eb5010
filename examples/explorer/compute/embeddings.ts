import type { DecoderModel } from "transformer-blocks";
import { dot, type Neighbour, neighbours, type Point, principalPlane, type Vectors, vectorAt } from "./plane";

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

/** Tokens and their nearest neighbours in the plane in which they lie farthest apart. */
export function planeOf(table: Vectors, ids: readonly number[], each: number): Placed[] {
  const own = [...new Set(ids)].filter((id) => id < table.rows);
  const near = own.flatMap((id) => neighboursOf(table, id, each).map((neighbour) => neighbour.id));
  const shown = [...new Set([...own, ...near])];
  const points = principalPlane(shown.map((id) => directionOf(table, id)));
  return shown.map((id, i) => ({ id, isOwn: own.includes(id), ...points[i]! }));
}

/** Only the direction of a vector counts for the similarity. */
function directionOf(table: Vectors, id: number): Float64Array {
  const vector = vectorAt(table, id);
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return Float64Array.from(vector, (x) => x / length);
}

export const neighboursOf = (table: Vectors, id: number, top: number): Neighbour[] =>
  neighbours(table, vectorAt(table, id), top, new Set([id]));
