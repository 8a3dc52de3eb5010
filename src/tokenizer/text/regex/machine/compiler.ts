// Over 200 lines: one class has a method for each kind of node, and they call each other.
import { beginningOf, calledGroups, readsForwardOnly } from "../analysis/facts";
import type { CodePoints } from "../syntax/code-points";
import { EMPTY, type Node, type NodeOf, type Repeat, some } from "../syntax/syntax-tree";
import { Inside, Op, PLACES, type Program, UNBOUNDED, WIDTH } from "./program";
import { Steps } from "./steps";

const FAILURE: Node = { kind: "choice", branches: [] };

/**
 * Compiles a regular expression to steps.
 *
 * @param runs whether repetitions of a set are a single step, which is fast, or a loop whose positions can be
 *   memoized
 * @throws RegexProblem if there are too many steps, or a group calls itself endlessly.
 */
export function compile(root: Node, runs: boolean): Program {
  return new Compiler(runs).program(root);
}

/** Whether a character is one code unit and not a surrogate. */
function isUnit(codePoint: number): boolean {
  return codePoint < 0xd800 || (codePoint >= 0xe000 && codePoint <= 0xffff);
}

class Compiler {
  readonly #runs: boolean;
  readonly #steps = new Steps();
  readonly #calls: { step: number; group: number }[] = [];
  /** Whether the generated steps read backwards. */
  #behind = false;

  constructor(runs: boolean) {
    this.#runs = runs;
  }

  program(root: Node): Program {
    const called = calledGroups(root);
    some(root, (node) => {
      if (node.kind === "back reference" || node.kind === "is held") {
        for (const group of node.groups) this.#steps.keepGroup(group);
      }
      return false;
    });
    this.#emit(root);
    this.#steps.add(Op.ACCEPT);
    const entries = new Map<number, number>();
    for (const [group, body] of called) {
      entries.set(group, this.#steps.here);
      this.#emit(body);
      this.#steps.add(Op.RETURN);
    }
    for (const { step, group } of this.#calls) this.#steps.aim(step, 1, entries.get(group));
    return this.#steps.program;
  }

  #emit(node: Node): void {
    const steps = this.#steps;
    switch (node.kind) {
      case "set":
        this.#character(node.set);
        break;
      case "sequence":
        for (const part of this.#behind ? [...node.parts].reverse() : node.parts) this.#emit(part);
        break;
      case "choice":
        this.#choice(node.branches);
        break;
      case "repeat":
        this.#repeat(node);
        break;
      case "capture":
        this.#capture(node);
        break;
      case "atomic":
        this.#inside(node.body, Inside.ATOMIC);
        break;
      case "look":
        this.#look(node);
        break;
      case "place":
        steps.add(Op.PLACE, PLACES.indexOf(node.place), node.word === undefined ? 0 : steps.set(node.word));
        break;
      case "back reference":
        steps.add(Op.REPEATED_TEXT, steps.list(node.groups), node.folding === "none" ? 0 : 1);
        break;
      case "call":
        this.#calls.push({ step: steps.add(Op.CALL), group: node.group });
        break;
      case "condition":
        this.#condition(node);
        break;
      case "is held":
        this.#condition({ kind: "condition", test: node, met: EMPTY, otherwise: FAILURE });
        break;
      case "keep":
        steps.add(Op.NOTE, steps.keep());
        break;
      case "literal":
        throw new TypeError("literals must be compiled as sets");
    }
  }

  #character(set: CodePoints): void {
    const { only } = set;
    if (only !== undefined && isUnit(only)) this.#steps.add(this.#behind ? Op.UNIT_BEHIND : Op.UNIT, only);
    else this.#steps.add(this.#behind ? Op.SET_BEHIND : Op.SET, this.#steps.set(set));
  }

  #choice(branches: readonly Node[]): void {
    if (branches.length === 0) this.#steps.add(Op.FAIL);
    const jumps = branches.slice(0, -1).map((branch) => {
      const split = this.#steps.addSplit(Op.SPLIT);
      this.#emit(branch);
      const jump = this.#steps.add(Op.JUMP);
      this.#steps.aim(split, 2);
      return jump;
    });
    const last = branches.at(-1);
    if (last !== undefined) this.#emit(last);
    for (const jump of jumps) this.#steps.aim(jump, 1);
  }

  #capture({ group, body }: NodeOf<"capture">): void {
    const register = this.#steps.registerOf(group);
    if (register !== undefined) this.#steps.add(Op.NOTE, register);
    this.#emit(body);
    if (register !== undefined) this.#steps.add(Op.NOTE, register + 1);
  }

  #inside(body: Node, kind: number): void {
    const inside = this.#steps.add(Op.INSIDE, this.#steps.here + WIDTH, 0, kind);
    this.#emit(body);
    if (kind === Inside.BEHIND || kind === Inside.BEHIND_NOT) this.#steps.add(Op.HERE);
    this.#steps.add(Op.ACCEPT);
    this.#steps.aim(inside, 2);
  }

  #look({ behind, negative, body }: NodeOf<"look">): void {
    const around = this.#behind;
    this.#behind = behind && !some(body, readsForwardOnly);
    if (behind && !this.#behind) this.#inside(body, negative ? Inside.BEHIND_NOT : Inside.BEHIND);
    else this.#inside(body, negative ? Inside.LOOK_NOT : Inside.LOOK);
    this.#behind = around;
  }

  #condition({ test, met, otherwise }: NodeOf<"condition">): void {
    const steps = this.#steps;
    let step: number;
    if (test.kind === "is held") {
      step = steps.add(Op.HELD, steps.list(test.groups));
    } else {
      step = steps.add(Op.TEST, steps.here + 2 * WIDTH);
      const jump = steps.add(Op.JUMP);
      this.#emit(test);
      steps.add(Op.ACCEPT);
      steps.aim(jump, 1);
    }
    this.#emit(met);
    const end = steps.add(Op.JUMP);
    steps.aim(step, 2);
    this.#emit(otherwise);
    steps.aim(end, 1);
  }

  #repeat(node: Repeat): void {
    const { body, least, most, manner } = node;
    const limit = Number.isFinite(most) ? most : UNBOUNDED;
    const isSet = body.kind === "set" && !this.#behind;
    if (most === 0) return;
    if (manner === "possessive") {
      if (isSet) this.#steps.add(Op.RUN_ALL, this.#steps.set(body.set), least, limit);
      else this.#inside({ ...node, manner: "greedy" }, Inside.ATOMIC);
      return;
    }
    if (isSet && (least === most || (manner === "greedy" && (this.#runs || limit !== UNBOUNDED)))) {
      this.#steps.add(Op.RUN, this.#steps.set(body.set), least, limit);
      return;
    }
    const before = limit === UNBOUNDED && least > 0 ? least - 1 : least;
    if (isSet && before > 0) this.#steps.add(Op.RUN, this.#steps.set(body.set), before, before);
    else for (let i = 0; i < before; i++) this.#emit(body);
    if (limit === UNBOUNDED) this.#loop(node);
    else this.#optional(node);
  }

  /** The optional repetitions. */
  #optional({ body, least, most, manner }: Repeat): void {
    const splits: number[] = [];
    for (let i = least; i < most; i++) {
      splits.push(this.#steps.addSplit(Op.SPLIT));
      this.#emit(body);
    }
    for (const split of splits) this.#steps.aim(split, manner === "greedy" ? 2 : 1);
  }

  /** Executes the required first iteration before the loop's choice. */
  #loop({ body, least, manner }: Repeat): void {
    const steps = this.#steps;
    const noted = beginningOf(body).mayBeEmpty ? steps.addRegister() : -1;
    const asks = least === 0 ? steps.addSplit(Op.SPLIT) : -1;
    const start = steps.here;
    if (noted >= 0) steps.add(Op.NOTE, noted);
    this.#emit(body);
    const moved = noted >= 0 ? steps.add(Op.UNLESS_MOVED, noted) : -1;
    const again = least === 0 ? steps.add(Op.JUMP, asks) : steps.addSplit(Op.SPLIT);
    const split = least === 0 ? asks : again;
    if (least > 0) steps.aim(split, manner === "greedy" ? 1 : 2, start);
    steps.aim(split, manner === "greedy" ? 2 : 1);
    if (moved >= 0) steps.aim(moved, 2);
  }
}
