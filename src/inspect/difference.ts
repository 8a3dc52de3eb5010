/** How far the values of a parameter are apart. */
export interface ParameterDifference {
  path: string;
  /** The greatest difference of two numbers. */
  greatest: number;
  /** √Σ (a − b)² / √Σ a²; the norm of the difference itself if a is all zeros. */
  relative: number;
}

/** What two models differ in. */
export interface Difference {
  /** Whether they have the same modules, settings and values. */
  same: boolean;
  /** The paths of modules and parameters that only one of them has. */
  onlyFirst: readonly string[];
  onlySecond: readonly string[];
  /** Modules of other classes, settings of other values, and parameters of other shapes: what each has at a path. */
  changed: readonly { path: string; first: string; second: string }[];
  /** Parameters of the same shape with other values, the greatest relative difference first. */
  values: readonly ParameterDifference[];
  /** A line for each. */
  toString(): string;
}
