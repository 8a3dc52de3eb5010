import { RegexProblem } from "./problem";

/** Reads a regular expression character by character. */
export class Reader {
  readonly source: string;
  at = 0;

  constructor(source: string) {
    this.source = source;
  }

  get done(): boolean {
    return this.at >= this.source.length;
  }

  /** The next character; empty at the end. */
  peek(): string {
    return this.done ? "" : String.fromCodePoint(this.source.codePointAt(this.at) as number);
  }

  sees(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  /** @throws RegexProblem at the end. */
  take(where: string): string {
    const character = this.peek();
    if (character === "") throw this.problem(`the pattern ends ${where}`);
    this.at += character.length;
    return character;
  }

  takes(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at += text.length;
    return true;
  }

  /** Consumes the match of a sticky expression. */
  takeMatch(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.source);
    if (match === null) return undefined;
    this.at = sticky.lastIndex;
    return match;
  }

  problem(message: string, at = this.at): RegexProblem {
    return new RegexProblem(message, at);
  }
}
