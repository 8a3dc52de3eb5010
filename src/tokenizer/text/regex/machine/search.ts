import { describeJson } from "../../../../fields";
import type { Pattern } from "../../patterns";
import { beginningOf, readsForwardOnly } from "../analysis/facts";
import { type Node, some } from "../syntax/syntax-tree";
import { OutOfFuel } from "./calls";
import { compile } from "./compiler";
import { Machine } from "./machine";
import { SetTest } from "./set-test";

/** Steps per text and per code unit. The first suffice for ordinary patterns; a hundred million take a second. */
const QUICK = { text: 20_000, unit: 64 };
const REMEMBERING = { text: 4_000_000, unit: 64 };
const WITHOUT_MEMORY = { text: 3_000_000, unit: 64 };

type Budget = typeof QUICK;

/** Whether results depend on the contents of groups or on calls, so that they cannot be memoized. */
function isForgetful(node: Node): boolean {
  if (node.kind === "look") return node.behind && some(node.body, readsForwardOnly);
  return node.kind === "back reference" || node.kind === "is held" || node.kind === "call";
}

/**
 * The matches of a pattern, in a time that is bounded by the length of the text.
 *
 * @throws RangeError from the returned function, if a text takes more steps than its length allows.
 */
export function machinePattern(source: string, root: Node): Pattern {
  const remembers = !some(root, isForgetful);
  const quick = new Machine(compile(root, true), false);
  let thorough: Machine | undefined;
  const { set, mayBeEmpty } = beginningOf(root);
  const begins = mayBeEmpty ? undefined : new SetTest(set);
  const knowsSearch = some(root, (node) => node.kind === "place" && node.place === "search start");
  const searched = (machine: Machine, text: string, budget: Budget): number[] | number => {
    const search = new Search(machine, text, budget, begins, knowsSearch);
    try {
      return search.matches();
    } catch (error) {
      if (error instanceof OutOfFuel) return search.at;
      throw error;
    } finally {
      machine.close();
    }
  };
  return (text) => {
    let found = searched(quick, text, remembers ? QUICK : WITHOUT_MEMORY);
    if (typeof found === "number" && remembers) {
      thorough ??= new Machine(compile(root, false), true);
      found = searched(thorough, text, REMEMBERING);
    }
    if (typeof found === "number") throw tooLong(source, text, found);
    return found;
  };
}

function tooLong(source: string, text: string, at: number): RangeError {
  return new RangeError(
    `the regular expression ${describeJson(source)} took too many steps at character ${at} of a text of ${text.length}; ` +
      "use shorter texts, or a tokenizer whose pattern has no nested repetitions and no back references",
  );
}

class Search {
  readonly #machine: Machine;
  readonly #text: string;
  readonly #begins: SetTest | undefined;
  readonly #knowsSearch: boolean;
  /** Where the last search began. */
  at = 0;

  constructor(machine: Machine, text: string, budget: Budget, begins: SetTest | undefined, knowsSearch: boolean) {
    this.#machine = machine;
    this.#text = text;
    this.#begins = begins;
    this.#knowsSearch = knowsSearch;
    machine.read(text, budget.text + budget.unit * text.length);
  }

  /** Drops an empty match directly after another match. */
  matches(): number[] {
    const ranges: number[] = [];
    let behind = -1;
    for (let from = 0; from <= this.#text.length; ) {
      const end = this.#find(from);
      if (end < 0) break;
      const kept = this.#machine.keptFrom;
      // A `\K` inside a look-around does not move the start of this match.
      const start = kept < 0 ? this.at : Math.min(Math.max(kept, behind), end);
      if (start === end && end === behind) {
        from = end + this.#units(end);
      } else {
        ranges.push(start, end);
        behind = end;
        from = end;
      }
    }
    return ranges;
  }

  /** The end of the first match from a position on; -1 if there is none. */
  #find(from: number): number {
    if (this.#knowsSearch) this.#machine.forget();
    const text = this.#text;
    for (this.at = from; this.at <= text.length; this.at += this.#units(this.at)) {
      if (this.#begins !== undefined && !this.#mayBegin(this.#begins)) continue;
      const end = this.#machine.matchEnd(this.at, from);
      if (end >= 0) return end;
    }
    return -1;
  }

  #mayBegin(begins: SetTest): boolean {
    return this.at < this.#text.length && begins.has(this.#text.codePointAt(this.at) as number);
  }

  #units(at: number): number {
    return (this.#text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
}
