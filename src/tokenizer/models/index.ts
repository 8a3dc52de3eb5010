export type { MergePair } from "./merges";
export type { Model, Piece } from "./model";
export type { ScoredToken } from "./unigram";
