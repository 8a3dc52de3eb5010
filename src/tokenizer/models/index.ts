export type { MergePair } from "./merges";
export type { Model, Pieces } from "./model";
export type { ScoredToken } from "./unigram";
