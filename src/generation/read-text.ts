import type { KeyValueCache } from "../blocks";

/** Tokens that a model has read, and what it keeps of them. */
export interface ReadText {
  readonly ids: readonly number[];
  /** One row, without padding, of as many positions. */
  readonly cache: KeyValueCache;
}
