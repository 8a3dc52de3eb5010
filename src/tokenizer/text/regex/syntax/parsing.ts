import type { CodePoints } from "./code-points";
import { Groups } from "./groups";
import { foldingOf, NO_OPTIONS } from "./options";
import { Reader } from "./reader";
import type { Node } from "./syntax-tree";
import { withoutCase } from "./without-case";

const MOST_LEVELS = 200;

/** A regular expression that is being read: how far, in which groups, and under which options. */
export class Parsing {
  readonly reader: Reader;
  readonly groups = new Groups();
  options = NO_OPTIONS;
  /** How many look-behinds are around, and whether the nearest is negative. */
  lookBehinds = 0;
  inNegative = false;
  /** Reads alternatives up to what closes the group around, which stays. */
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
    if (this.lookBehinds > 0) throw this.reader.problem(`${construct} in a look-behind, where it cannot be read,`, at);
  }
}

export function setOf(set: CodePoints): Node {
  return { kind: "set", set };
}
