/** Shapes that do not fit together. The message names the operation, the shapes, and the parameter's path if any. */
export class ShapeError extends RangeError {
  override readonly name = "ShapeError";
}

/** Where a file breaks its format, what was found there and what was expected. */
export interface FormatProblem {
  /** The file, as the caller knows it. */
  file: string;
  /** The field (`model.merges[3]`), tensor or byte offset at fault. */
  at?: string | undefined;
  found: string;
  expected: string;
}

/** A malformed file. The message names the file, the field or byte offset, what was found and what was expected. */
export class FormatError extends Error {
  override readonly name = "FormatError";
  readonly problem: FormatProblem;

  constructor(problem: FormatProblem) {
    const place = problem.at === undefined ? problem.file : `${problem.file}: ${problem.at}`;
    super(`${place}: found ${problem.found}, expected ${problem.expected}`);
    this.problem = problem;
  }
}
