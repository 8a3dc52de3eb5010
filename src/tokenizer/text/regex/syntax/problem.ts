/** A regular expression that is wrong, or has a construct that is not offered: says what, and where in the expression. */
export class RegexProblem extends SyntaxError {
  /** Where in the expression, in UTF-16 code units. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(`${message} at character ${at}`);
    this.at = at;
  }
}

/** A construct that the reference has and this library has not. */
export function notOffered(construct: string, at: number, instead = "write the pattern without it"): RegexProblem {
  return new RegexProblem(`${construct} is not offered; ${instead}; it stands`, at);
}
