/** A regular expression that is being read, character by character. */
export class PatternText {
  readonly characters: readonly string[];
  readonly #source: string;
  readonly #describe: (problem: string) => Error;
  at = 0;

  /** @param describe makes an error of a problem */
  constructor(source: string, describe: (problem: string) => Error) {
    this.#source = source;
    this.characters = Array.from(source);
    this.#describe = describe;
  }

  error(problem: string): Error {
    return this.#describe(`${problem} (at ${this.at} of ${JSON.stringify(this.#source.slice(0, 60))})`);
  }

  get next(): string | undefined {
    return this.characters[this.at];
  }

  takes(text: string): boolean {
    const found = Array.from(text).every((character, i) => this.characters[this.at + i] === character);
    if (found) this.at += text.length;
    return found;
  }
}
