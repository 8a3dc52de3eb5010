import type { CodePoints } from "./code-points";
import { beginningOf, calledGroups } from "./facts";
import { RegexProblem } from "./problem";
import { Inside, Op, PLACES, type Program, UNBOUNDED, WIDTH } from "./program";
import { EMPTY, type Node, type NodeOf, type Repeat, some } from "./syntax-tree";

/** Steps beyond which a pattern is refused: each must be kept and, for some texts, visited at every character. */
const MOST_STEPS = 50_000;
const FAILURE: Node = { kind: "choice", branches: [] };
/** Code points that take one code unit and are no half of a pair. */
const isUnit = (codePoint: number): boolean => codePoint < 0xd800 || (codePoint >= 0xe000 && codePoint <= 0xffff);

/**
 * Makes steps of a regular expression.
 *
 * @param runs whether repetitions of a set are one step, which is fast, or a loop in which every place in the text can be
 *   remembered
 */
export function compile(root: Node, runs: boolean): Program {
  return new Compiler(runs).program(root);
}

/** What would hold on to something else if it were read backwards. */
export function readsForwardOnly(node: Node): boolean {
  if (node.kind === "repeat") return node.manner === "possessive";
  return ["atomic", "back reference", "call", "capture", "condition", "is held", "keep"].includes(node.kind);
}

class Compiler {
  readonly #runs: boolean;
  readonly #code: number[] = [];
  readonly #sets: CodePoints[] = [];
  readonly #lists: (readonly number[])[] = [];
  readonly #registerOfGroup = new Map<number, number>();
  readonly #calls: { step: number; group: number }[] = [];
  #registers = 0;
  #keep = -1;
  /** Whether the steps that are made read backwards. */
  #behind = false;

  constructor(runs: boolean) {
    this.#runs = runs;
  }

  program(root: Node): Program {
    const called = calledGroups(root);
    this.#prepareRegisters(root);
    this.#emit(root);
    this.#add(Op.ACCEPT);
    const entries = new Map<number, number>();
    for (const [group, body] of called) {
      entries.set(group, this.#code.length);
      this.#emit(body);
      this.#add(Op.RETURN);
    }
    for (const { step, group } of this.#calls) this.#code[step + 1] = entries.get(group) as number;
    return {
      code: Int32Array.from(this.#code),
      sets: this.#sets,
      lists: this.#lists,
      registers: this.#registers,
      keep: this.#keep,
    };
  }

  /** Two registers for every group that something asks for. */
  #prepareRegisters(node: Node): void {
    some(node, (part) => {
      const asked = part.kind === "back reference" || part.kind === "is held" ? part.groups : [];
      for (const group of asked) {
        if (this.#registerOfGroup.has(group)) continue;
        this.#registerOfGroup.set(group, this.#registers);
        this.#registers += 2;
      }
      if (part.kind === "keep" && this.#keep < 0) this.#keep = this.#registers++;
      return false;
    });
  }

  #add(op: number, a = 0, b = 0, c = 0): number {
    const step = this.#code.length;
    if (step >= MOST_STEPS * WIDTH)
      throw new RegexProblem(`the pattern takes more than ${MOST_STEPS} steps; it is too long`, 0);
    this.#code.push(op, a, b, c);
    return step;
  }

  get #here(): number {
    return this.#code.length;
  }

  #aim(step: number, operand: number): void {
    this.#code[step + operand] = this.#here;
  }

  #set(set: CodePoints): number {
    const known = this.#sets.indexOf(set);
    return known >= 0 ? known : this.#sets.push(set) - 1;
  }

  #emit(node: Node): void {
    switch (node.kind) {
      case "set":
        return this.#character(node.set);
      case "sequence":
        for (const part of this.#behind ? [...node.parts].reverse() : node.parts) this.#emit(part);
        return;
      case "choice":
        return this.#choice(node.branches);
      case "repeat":
        return this.#repeat(node);
      case "capture":
        return this.#capture(node);
      case "atomic":
        return this.#inside(node.body, Inside.ATOMIC);
      case "look":
        return this.#look(node);
      case "place":
        this.#add(Op.PLACE, PLACES.indexOf(node.place), node.word === undefined ? 0 : this.#set(node.word));
        return;
      case "back reference":
        this.#add(Op.REPEATED_TEXT, this.#list(node.groups), node.folding === "none" ? 0 : 1);
        return;
      case "call":
        this.#calls.push({ step: this.#add(Op.CALL), group: node.group });
        return;
      case "condition":
        return this.#condition(node);
      case "is held":
        return this.#condition({ kind: "condition", test: node, met: EMPTY, otherwise: FAILURE });
      case "keep":
        this.#add(Op.NOTE, this.#keep);
        return;
      case "literal":
        throw new TypeError("a literal is a set by now");
    }
  }

  #list(groups: readonly number[]): number {
    // The last group of a name is asked first.
    return this.#lists.push(groups.map((group) => this.#registerOfGroup.get(group) as number).reverse()) - 1;
  }

  #character(set: CodePoints): void {
    const only = set.only;
    if (only !== undefined && isUnit(only)) this.#add(this.#behind ? Op.UNIT_BEHIND : Op.UNIT, only);
    else this.#add(this.#behind ? Op.SET_BEHIND : Op.SET, this.#set(set));
  }

  #choice(branches: readonly Node[]): void {
    if (branches.length === 0) this.#add(Op.FAIL);
    const jumps: number[] = [];
    branches.forEach((branch, i) => {
      const isLast = i === branches.length - 1;
      const split = isLast ? -1 : this.#add(Op.SPLIT, this.#here + WIDTH);
      this.#emit(branch);
      if (isLast) return;
      jumps.push(this.#add(Op.JUMP));
      this.#aim(split, 2);
    });
    for (const jump of jumps) this.#aim(jump, 1);
  }

  #capture({ group, body }: NodeOf<"capture">): void {
    const register = this.#registerOfGroup.get(group);
    if (register === undefined) return this.#emit(body);
    this.#add(Op.NOTE, register + (this.#behind ? 1 : 0));
    this.#emit(body);
    this.#add(Op.NOTE, register + (this.#behind ? 0 : 1));
  }

  #inside(body: Node, kind: number): void {
    const inside = this.#add(Op.INSIDE, this.#here + WIDTH, 0, kind);
    this.#emit(body);
    if (kind === Inside.BEHIND || kind === Inside.BEHIND_NOT) this.#add(Op.HERE);
    this.#add(Op.ACCEPT);
    this.#aim(inside, 2);
  }

  #look({ behind, negative, body }: NodeOf<"look">): void {
    const around = this.#behind;
    this.#behind = behind && !some(body, readsForwardOnly);
    if (behind && !this.#behind) this.#inside(body, negative ? Inside.BEHIND_NOT : Inside.BEHIND);
    else this.#inside(body, negative ? Inside.LOOK_NOT : Inside.LOOK);
    this.#behind = around;
  }

  #condition({ test, met, otherwise }: NodeOf<"condition">): void {
    let step: number;
    if (test.kind === "is held") {
      step = this.#add(Op.HELD, this.#list(test.groups));
    } else {
      step = this.#add(Op.TEST, this.#here + 2 * WIDTH);
      const jump = this.#add(Op.JUMP);
      this.#emit(test);
      this.#add(Op.ACCEPT);
      this.#aim(jump, 1);
    }
    this.#emit(met);
    const end = this.#add(Op.JUMP);
    this.#aim(step, 2);
    this.#emit(otherwise);
    this.#aim(end, 1);
  }

  #repeat(node: Repeat): void {
    const { body, least, most, manner } = node;
    if (most === 0) return;
    const isSet = body.kind === "set" && !this.#behind;
    if (manner === "possessive") {
      if (isSet) this.#add(Op.RUN_ALL, this.#set(body.set), least, Number.isFinite(most) ? most : UNBOUNDED);
      else this.#inside({ ...node, manner: "greedy" }, Inside.ATOMIC);
      return;
    }
    if (isSet && (least === most || (manner === "greedy" && (this.#runs || Number.isFinite(most))))) {
      this.#add(Op.RUN, this.#set(body.set), least, Number.isFinite(most) ? most : UNBOUNDED);
      return;
    }
    if (isSet && least > 1) this.#add(Op.RUN, this.#set(body.set), least, least);
    else for (let i = 0; i < least; i++) this.#emit(body);
    if (Number.isFinite(most)) this.#optional(node);
    else this.#loop(node);
  }

  /** The repetitions that may be left out. */
  #optional({ body, least, most, manner }: Repeat): void {
    const splits: number[] = [];
    for (let i = least; i < most; i++) {
      splits.push(this.#add(Op.SPLIT, this.#here + WIDTH, this.#here + WIDTH));
      this.#emit(body);
    }
    for (const split of splits) this.#aim(split, manner === "greedy" ? 2 : 1);
  }

  #loop({ body, manner }: Repeat): void {
    const noted = beginningOf(body).mayBeEmpty ? this.#registers++ : -1;
    const split = this.#add(Op.SPLIT, this.#here + WIDTH, this.#here + WIDTH);
    if (noted >= 0) this.#add(Op.NOTE, noted);
    this.#emit(body);
    const moved = noted >= 0 ? this.#add(Op.UNLESS_MOVED, noted) : -1;
    this.#add(Op.JUMP, split);
    this.#aim(split, manner === "greedy" ? 2 : 1);
    if (moved >= 0) this.#aim(moved, 2);
  }
}
