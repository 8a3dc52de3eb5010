import type { CodePoints } from "./code-points";
import { Groups } from "./groups";
import { foldingOf, NO_OPTIONS } from "./options";
import { Reader } from "./reader";
import type { Node } from "./syntax-tree";
import { withoutCase } from "./without-case";

const MOST_LEVELS = 200;

/** The state of the parser: position, groups and options. */
export class Parsing {
  readonly reader: Reader;
  readonly groups = new Groups();
  options = NO_OPTIONS;
  /** The number of enclosing look-behinds, and whether the innermost is negative. */
  lookBehinds = 0;
  inNegative = false;
  /** Reads alternatives up to the end of the enclosing group, which is not consumed. */
  readonly branches: () => Node[];
  #level = 0;

  constructor(source: string, readBranches: (parsing: Parsing) => Node[]) {
    this.reader = new Reader(source);
    this.branches = () => this.#nested(readBranches);
  }

  #nested(readBranches: (parsing: Parsing) => Node[]): Node[] {
    if (++this.#level > MOST_LEVELS) throw this.reader.problem(`groups are nested more than ${MOST_LEVELS} deep`);
    const before = this.options;
    const branches = readBranches(this);
    this.options = before;
    this.#level--;
    return branches;
  }

  literal(codePoint: number): Node {
    return { kind: "literal", codePoint, folding: foldingOf(this.options) };
  }

  withoutCase(node: Node): Node {
    return withoutCase(node, this.lookBehinds > 0);
  }

  refuseInLookBehind(construct: string, at: number): void {
    if (this.lookBehinds > 0)
      throw this.reader.problem(`${construct} inside a look-behind, where it is not allowed,`, at);
  }
}

export function setOf(set: CodePoints): Node {
  return { kind: "set", set };
}
