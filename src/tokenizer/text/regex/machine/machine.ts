// Over 200 lines: one loop takes the steps of every kind, and its parts share where in the text they are.
import { previousCharacterStart } from "../../unicode";
import { Calls, OutOfFuel } from "./calls";
import { Memory } from "./memory";
import { Inside, Op, type Program, UNBOUNDED, WIDTH } from "./program";
import { TextView } from "./text-view";
import { Ways } from "./ways";

/** Nested atomic groups and look-arounds; each uses some of the engine's stack. */
const MOST_INSIDES = 500;
/** Additional cost of an atomic group, a look-around or a call, in steps. */
const EXTRA = 4;

/** Runs a program on a text: backtracking, with optional memoization so that no path is tried twice. */
export class Machine {
  readonly #program: Program;
  readonly #memory: Memory | undefined;
  readonly #view: TextView;
  readonly #ways: Ways;
  readonly #calls = new Calls();
  /** The current number of nested atomic groups and look-arounds. */
  #insides = 0;
  #fuel = 0;

  constructor(program: Program, remembers: boolean) {
    this.#program = program;
    this.#memory = remembers ? new Memory(program) : undefined;
    this.#view = new TextView(program);
    this.#ways = new Ways(program.registers, this.#memory);
  }

  /** @param fuel the maximum number of steps for the text */
  read(text: string, fuel: number): void {
    this.#view.open(text);
    this.#fuel = fuel;
    this.forget();
  }

  forget(): void {
    this.#memory?.forget();
  }

  /** Releases everything kept for the text. */
  close(): void {
    this.read("", 0);
    this.#ways.free();
    this.#calls.clear();
  }

  /**
   * The end of the match that begins at `at`; -1 if there is none.
   *
   * @throws OutOfFuel
   */
  matchEnd(at: number, searchStart: number): number {
    this.#view.start = searchStart;
    this.#view.limit = this.#view.text.length;
    this.#ways.clear();
    this.#calls.clear();
    this.#insides = 0;
    return this.#run(0, at, -1);
  }

  /** The reported start of the last match, which `\K` moves. */
  get keptFrom(): number {
    return this.#program.keep < 0 ? -1 : (this.#ways.registers[this.#program.keep] as number);
  }

  #burn(steps: number): void {
    this.#fuel -= steps;
    if (this.#fuel < 0) throw new OutOfFuel();
  }

  /** One long function, so that its state stays in local variables, which are fast. */
  #run(first: number, from: number, outerCall: number): number {
    const { code } = this.#program;
    const view = this.#view;
    const ways = this.#ways;
    const memory = this.#memory;
    const { text } = view;
    const base = ways.count;
    const trailBase = ways.trailLength;
    let step = first;
    let at = from;
    let call = outerCall;
    for (;;) {
      if (--this.#fuel < 0) throw new OutOfFuel();
      const a = code[step + 1] as number;
      const b = code[step + 2] as number;
      const point = memory === undefined ? -1 : (memory.points[step / WIDTH] as number);
      let fails = false;
      if (point >= 0) {
        const end = this.#insides > 0 ? memory?.end(point, at) : undefined;
        if (end !== undefined) return this.#succeed(base, trailBase, end);
        if (memory?.failed(point, at) === true) fails = true;
        else ways.pass(point, at);
      }
      let next = step + WIDTH;
      switch (fails ? Op.FAIL : code[step]) {
        case Op.UNIT:
          fails = at >= view.limit || text.charCodeAt(at) !== a;
          at++;
          break;
        case Op.SET: {
          const end = view.memberEnd(a, at);
          fails = end === at;
          at = end;
          break;
        }
        case Op.UNIT_BEHIND:
          fails = at === 0 || text.charCodeAt(at - 1) !== a;
          at--;
          break;
        case Op.SET_BEHIND:
          at = view.memberStart(a, at);
          fails = at < 0;
          break;
        case Op.SPLIT:
          ways.push(b, at, -1, call);
          next = a;
          break;
        case Op.JUMP:
          next = a;
          break;
        case Op.RUN:
        case Op.RUN_ALL: {
          const least = view.skip(a, at, b);
          fails = least < 0;
          if (fails) {
            this.#burn(~least - at);
            break;
          }
          at = this.#runEnd(step, least);
          if (at > least && code[step] === Op.RUN) ways.push(next, previousCharacterStart(text, at), least, call);
          break;
        }
        case Op.PLACE:
          fails = !view.isAt(a, at, b);
          break;
        case Op.NOTE:
          ways.note(a, at);
          break;
        case Op.UNLESS_MOVED:
          if (ways.registers[a] === at) next = b;
          break;
        case Op.REPEATED_TEXT:
          at = this.#repeatedEnd(a, at, b === 1);
          fails = at < 0;
          break;
        case Op.INSIDE: {
          const kind = code[step + 3] as number;
          const negative = kind === Inside.LOOK_NOT || kind === Inside.BEHIND_NOT;
          const isBehind = kind === Inside.BEHIND || kind === Inside.BEHIND_NOT;
          const end = isBehind ? this.#insideBehind(a, at, call, negative) : this.#inside(a, at, call, negative);
          fails = end < 0 !== negative;
          if (kind === Inside.ATOMIC) at = end;
          next = b;
          break;
        }
        case Op.TEST: {
          const end = this.#inside(a, at, call, false);
          if (end >= 0) at = end;
          else next = b;
          break;
        }
        case Op.HELD:
          if (!this.#holds(a)) next = b;
          break;
        case Op.HERE:
          fails = at !== view.here;
          break;
        case Op.CALL:
          this.#burn(EXTRA);
          call = this.#calls.enter(next, call);
          next = a;
          break;
        case Op.RETURN:
          next = this.#calls.back(call);
          call = this.#calls.outer(call);
          break;
        case Op.ACCEPT:
          return this.#succeed(base, trailBase, at);
        default:
          fails = true;
      }
      step = next;
      if (!fails) continue;
      if (!ways.takeLast(base)) {
        ways.fail(trailBase);
        return -1;
      }
      ({ step, at, call } = ways);
      if (at > ways.least && ways.least >= 0) ways.push(step, previousCharacterStart(text, at), ways.least, call);
    }
  }

  #succeed(base: number, trailBase: number, end: number): number {
    const remembers = this.#insides > 0;
    // Storing a result in a map is many times slower than a step.
    if (remembers) this.#burn(EXTRA * (this.#ways.trailLength - trailBase));
    this.#ways.drop(base, trailBase, end, remembers);
    return end;
  }

  /** The end of a run whose required part has been read. */
  #runEnd(step: number, at: number): number {
    const { code } = this.#program;
    const [set, least, most] = [code[step + 1] as number, code[step + 2] as number, code[step + 3] as number];
    const more = most === UNBOUNDED ? most : most - least;
    const end = code[step] === Op.RUN ? this.#view.runEnd(set, at, more) : this.#view.knownRunEnd(set, at, more);
    this.#burn(least + (code[step] === Op.RUN ? end - at : 0));
    return end;
  }

  /** @param undoes whether the part's register changes are undone when it matches */
  #inside(step: number, at: number, call: number, undoes: boolean): number {
    if (++this.#insides > MOST_INSIDES) throw new OutOfFuel();
    this.#burn(EXTRA);
    const base = this.#ways.count;
    const end = this.#run(step, at, call);
    this.#insides--;
    if (undoes && end >= 0) this.#ways.takeLast(base);
    return end;
  }

  /** Tries every earlier position, nearest first, for a match that ends here. */
  #insideBehind(step: number, at: number, call: number, undoes: boolean): number {
    const view = this.#view;
    const { here, limit } = view;
    let end = -1;
    for (let from = at; end < 0 && from >= 0; from = from > 0 ? previousCharacterStart(view.text, from) : -1) {
      view.here = at;
      view.limit = at;
      end = this.#inside(step, from, call, undoes);
    }
    view.here = here;
    view.limit = limit;
    return end;
  }

  #holds(list: number): boolean {
    const groups = this.#program.lists[list] as readonly number[];
    return groups.some((register) => (this.#ways.registers[register + 1] as number) >= 0);
  }

  /** The end of a group's text repeated at `at`; -1 if it is not repeated there. */
  #repeatedEnd(list: number, at: number, ignoresCase: boolean): number {
    const { registers } = this.#ways;
    for (const register of this.#program.lists[list] as readonly number[]) {
      const [from, to] = [registers[register] as number, registers[register + 1] as number];
      if (from < 0 || to < from) continue;
      this.#burn((to - from) >> 2);
      const end = this.#view.repeatedEnd(this.#view.text.slice(from, to), at, ignoresCase);
      if (end >= 0) return end;
    }
    return -1;
  }
}
