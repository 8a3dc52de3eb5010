/** A grammar that is being read. */
export class GrammarText {
  readonly source: string;
  at = 0;

  constructor(source: string) {
    this.source = source;
  }

  error(problem: string, at = this.at): Error {
    const line = this.source.slice(0, at).split("\n").length;
    return new RangeError(`grammar: line ${line}: ${problem}`);
  }

  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found !== null) this.at = pattern.lastIndex;
    return found;
  }

  skip(blank: RegExp): void {
    this.match(blank);
  }

  takes(text: string): boolean {
    if (!this.source.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** The next character, for messages. */
  here(): string {
    const character = Array.from(this.source.slice(this.at, this.at + 2))[0];
    return character === undefined ? "the end" : JSON.stringify(character);
  }
}
