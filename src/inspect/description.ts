/** A module or parameter of a model. */
export interface Description {
  /** Where it stands in the module around it: `blocks.0`, `weight`; empty for the model. */
  readonly name: string;
  /** Its class, `DecoderBlock`; `Parameter` for a parameter. */
  readonly kind: string;
  /** The shape of a parameter. */
  readonly shape?: readonly number[] | undefined;
  /** How many numbers it learns. What several of its parts share counts once. */
  readonly parameters: number;
  /** What they take in memory: 4 bytes each in float32, 36 for 32 of "q8", 20 for 32 of "q4". */
  readonly bytes: number;
  /** Floating-point operations for one token: 2 for every weight that a token meets, and what attention looks at. */
  readonly operations: number;
  readonly parts: readonly Description[];
  /** The tree, one line for parts that are alike. */
  toString(): string;
}
