/** An invalid regular expression, or one with an unsupported construct; the message gives the position. */
export class RegexProblem extends SyntaxError {
  /** The position in the expression, in UTF-16 code units. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(`${message} at character ${at}`);
    this.at = at;
  }
}

/** A construct that the reference supports but this library does not. */
export function notOffered(construct: string, at: number, instead = "write the pattern without it"): RegexProblem {
  return new RegexProblem(`unsupported: ${construct} (${instead}),`, at);
}
