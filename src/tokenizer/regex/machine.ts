import { previousCharacterStart, utf8 } from "../unicode";
import { folded } from "./case-folding";
import { Memory } from "./memory";
import { isAtPlace } from "./places";
import { Inside, Op, PLACES, type Program, UNBOUNDED, WIDTH } from "./program";
import { SetTest } from "./set-test";
import { IntegerStack } from "./stack";

/** What the machine may still do for a text. When it is used up, the machine stops. */
export interface Fuel {
  left: number;
}

/** Thrown where the fuel is used up. */
export class OutOfFuel extends Error {}

/** Calls within calls; each keeps its place in memory. */
const MOST_CALLS = 2_000;
const MOST_INSIDES = 400;

/** A way that was not taken yet: step, place, the least place of a run or -1, calls, and how long the trail was. */
const CHOICE = 5;

interface Call {
  readonly back: number;
  readonly depth: number;
  readonly outer: number;
}

/** Runs a program over a text: backtracking, which never tries the same way twice if it has a memory. */
export class Machine {
  readonly #program: Program;
  readonly #sets: readonly SetTest[];
  readonly #memory: Memory | undefined;
  readonly #registers: Int32Array;
  readonly #stack = new IntegerStack();
  /** Points and places that were passed since the choices on the stack were made. */
  readonly #trail = new IntegerStack();
  readonly #calls: Call[] = [];
  #insides = 0;
  #text = "";
  #start = 0;
  #here = 0;
  #fuel: Fuel = { left: 0 };

  constructor(program: Program, remembers: boolean) {
    this.#program = program;
    this.#sets = program.sets.map((set) => new SetTest(set));
    this.#memory = remembers ? new Memory(program) : undefined;
    this.#registers = new Int32Array(program.registers);
  }

  read(text: string, fuel: Fuel): void {
    this.#text = text;
    this.#fuel = fuel;
    this.#memory?.forget();
  }

  forget(): void {
    this.#memory?.forget();
  }

  /** Where the match ends that begins at `at`; -1 if none does. */
  matchEnd(at: number, searchStart: number): number {
    this.#start = searchStart;
    this.#registers.fill(-1);
    this.#stack.length = 0;
    this.#trail.length = 0;
    this.#calls.length = 0;
    this.#insides = 0;
    return this.#run(0, at, -1);
  }

  /** Where the last match begins for who reads its result: `\K` moves that. */
  get keptFrom(): number {
    return this.#program.keep < 0 ? -1 : (this.#registers[this.#program.keep] as number);
  }

  #run(first: number, from: number, outerCall: number): number {
    const { code } = this.#program;
    const text = this.#text;
    const stack = this.#stack;
    const memory = this.#memory;
    const base = stack.length;
    const trailBase = this.#trail.length;
    let step = first;
    let at = from;
    let call = outerCall;
    for (;;) {
      if (--this.#fuel.left < 0) throw new OutOfFuel();
      const operand = code[step + 1] as number;
      let fails = false;
      if (memory !== undefined) {
        const point = memory.points[step / WIDTH] as number;
        if (point >= 0) {
          const end = this.#insides > 0 ? memory.end(point, at) : undefined;
          if (end !== undefined) return this.#succeed(base, trailBase, end);
          if (memory.failed(point, at)) fails = true;
          else this.#trail.push2(point, at);
        }
      }
      if (!fails) {
        switch (code[step]) {
          case Op.UNIT:
            if (text.charCodeAt(at) === operand) {
              at++;
              step += WIDTH;
            } else fails = true;
            break;
          case Op.SET: {
            const next = this.#behindMember(operand, at);
            if (next > at) {
              at = next;
              step += WIDTH;
            } else fails = true;
            break;
          }
          case Op.UNIT_BEHIND:
            if (at > 0 && text.charCodeAt(at - 1) === operand) {
              at--;
              step += WIDTH;
            } else fails = true;
            break;
          case Op.SET_BEHIND: {
            const before = at > 0 ? previousCharacterStart(text, at) : -1;
            if (before >= 0 && this.#behindMember(operand, before) > before) {
              at = before;
              step += WIDTH;
            } else fails = true;
            break;
          }
          case Op.SPLIT:
            stack.push5(code[step + 2] as number, at, -1, call, this.#trail.length);
            step = operand;
            break;
          case Op.JUMP:
            step = operand;
            break;
          case Op.RUN:
          case Op.RUN_ALL: {
            const least = this.#runEnd(operand, at, code[step + 2] as number);
            if (least < 0) fails = true;
            else {
              const most = code[step + 3] as number;
              const end = this.#runFrom(operand, least, most === UNBOUNDED ? most : most - (code[step + 2] as number));
              if (end > least && code[step] === Op.RUN) {
                stack.push5(step + WIDTH, previousCharacterStart(text, end), least, call, this.#trail.length);
              }
              at = end;
              step += WIDTH;
            }
            break;
          }
          case Op.PLACE:
            if (this.#isAt(operand, at, code[step + 2] as number)) step += WIDTH;
            else fails = true;
            break;
          case Op.NOTE:
            stack.push5(~operand, this.#registers[operand] as number, 0, 0, 0);
            this.#registers[operand] = at;
            step += WIDTH;
            break;
          case Op.UNLESS_MOVED:
            step = this.#registers[operand] === at ? (code[step + 2] as number) : step + WIDTH;
            break;
          case Op.REPEATED_TEXT: {
            const end = this.#repeatedEnd(operand, at, code[step + 2] === 1);
            if (end >= 0) {
              at = end;
              step += WIDTH;
            } else fails = true;
            break;
          }
          case Op.INSIDE: {
            const kind = code[step + 3];
            const negative = kind === Inside.LOOK_NOT || kind === Inside.BEHIND_NOT;
            const behind = kind === Inside.BEHIND || kind === Inside.BEHIND_NOT;
            const end = behind
              ? this.#insideBehind(operand, at, call, negative)
              : this.#inside(operand, at, call, negative);
            if (end >= 0 !== negative) {
              if (kind === Inside.ATOMIC) at = end;
              step = code[step + 2] as number;
            } else fails = true;
            break;
          }
          case Op.TEST: {
            const end = this.#inside(operand, at, call, false);
            if (end >= 0) at = end;
            step = end >= 0 ? step + WIDTH : (code[step + 2] as number);
            break;
          }
          case Op.HELD:
            step = this.#holds(operand) ? step + WIDTH : (code[step + 2] as number);
            break;
          case Op.HERE:
            if (at === this.#here) step += WIDTH;
            else fails = true;
            break;
          case Op.CALL:
            call = this.#enter(step + WIDTH, call);
            step = operand;
            break;
          case Op.RETURN: {
            const { back, outer } = this.#calls[call] as Call;
            step = back;
            call = outer;
            break;
          }
          case Op.ACCEPT:
            return this.#succeed(base, trailBase, at);
          default:
            fails = true;
        }
      }
      if (!fails) continue;
      if (!this.#backtrack(base)) {
        this.#noteFailures(trailBase);
        return -1;
      }
      const { values, length } = stack;
      step = values[length] as number;
      at = values[length + 1] as number;
      call = values[length + 3] as number;
      this.#noteFailures(values[length + 4] as number);
      if ((values[length + 2] as number) >= 0 && at > (values[length + 2] as number)) {
        stack.push5(step, previousCharacterStart(text, at), values[length + 2] as number, call, this.#trail.length);
      }
    }
  }

  /** Takes the last choice off the stack, to be read behind its end; what was noted since is as it was. */
  #backtrack(base: number): boolean {
    const stack = this.#stack;
    while (stack.length > base) {
      stack.length -= CHOICE;
      const tag = stack.values[stack.length] as number;
      if (tag >= 0) return true;
      this.#registers[~tag] = stack.values[stack.length + 1] as number;
    }
    return false;
  }

  #noteFailures(trailLength: number): void {
    const memory = this.#memory;
    const trail = this.#trail;
    if (memory === undefined) return;
    for (let i = trailLength; i < trail.length; i += 2) {
      memory.noteFailure(trail.values[i] as number, trail.values[i + 1] as number);
    }
    trail.length = trailLength;
  }

  /** Drops the ways that were not taken, and keeps what was noted before, so that it can be undone. */
  #succeed(base: number, trailBase: number, end: number): number {
    const stack = this.#stack;
    let kept = base;
    for (let i = base; i < stack.length; i += CHOICE) {
      if ((stack.values[i] as number) >= 0) continue;
      stack.values[kept] = stack.values[i] as number;
      stack.values[kept + 1] = stack.values[i + 1] as number;
      kept += CHOICE;
    }
    stack.length = kept;
    if (this.#memory !== undefined) {
      const { values, length } = this.#trail;
      for (let i = trailBase; this.#insides > 0 && i < length; i += 2) {
        this.#memory.noteEnd(values[i] as number, values[i + 1] as number, end);
      }
      this.#trail.length = trailBase;
    }
    return end;
  }

  /** @param undoes whether what the part notes is taken back when it matches */
  #inside(step: number, at: number, call: number, undoes: boolean): number {
    if (++this.#insides > MOST_INSIDES) throw new OutOfFuel();
    const base = this.#stack.length;
    const end = this.#run(step, at, call);
    this.#insides--;
    if (undoes && end >= 0) this.#backtrack(base);
    return end;
  }

  /** Tries every place before, the nearest first, for what ends here. */
  #insideBehind(step: number, at: number, call: number, undoes: boolean): number {
    const around = this.#here;
    let end = -1;
    for (let from = at; end < 0 && from >= 0; from = from > 0 ? previousCharacterStart(this.#text, from) : -1) {
      this.#here = at;
      end = this.#inside(step, from, call, undoes);
    }
    this.#here = around;
    return end;
  }

  #enter(back: number, outer: number): number {
    const depth = outer < 0 ? 1 : (this.#calls[outer] as Call).depth + 1;
    if (depth > MOST_CALLS) throw new OutOfFuel();
    return this.#calls.push({ back, depth, outer }) - 1;
  }

  /** Behind the character at `at` if it is of the set; `at` otherwise. */
  #behindMember(set: number, at: number): number {
    const codePoint = this.#text.codePointAt(at);
    if (codePoint === undefined || !(this.#sets[set] as SetTest).has(codePoint)) return at;
    return codePoint > 0xffff ? at + 2 : at + 1;
  }

  /** Behind so many characters of a set; -1 if there are fewer. */
  #runEnd(set: number, at: number, count: number): number {
    let end = at;
    for (let i = 0; i < count; i++) {
      const next = this.#behindMember(set, end);
      if (next === end) return -1;
      end = next;
    }
    this.#fuel.left -= count >> 2;
    return end;
  }

  #runFrom(set: number, at: number, most: number): number {
    let end = at;
    for (let i = 0; i !== most; i++) {
      const next = this.#behindMember(set, end);
      if (next === end) break;
      end = next;
    }
    this.#fuel.left -= (end - at) >> 2;
    return end;
  }

  #isAt(place: number, at: number, word: number): boolean {
    const text = this.#text;
    const name = PLACES[place];
    if (name === "search start") return at === this.#start;
    if (name !== "word edge" && name !== "no word edge") return isAtPlace(name, text, at);
    const before = at > 0 && this.#behindMember(word, previousCharacterStart(text, at)) === at;
    const after = this.#behindMember(word, at) > at;
    return (before !== after) === (name === "word edge");
  }

  #holds(list: number): boolean {
    const groups = this.#program.lists[list] as readonly number[];
    return groups.some((register) => (this.#registers[register + 1] as number) >= 0);
  }

  /** Behind the text of a group, which is repeated at `at`; -1 where it is not. */
  #repeatedEnd(list: number, at: number, ignoresCase: boolean): number {
    for (const register of this.#program.lists[list] as readonly number[]) {
      const [from, to] = [this.#registers[register] as number, this.#registers[register + 1] as number];
      if (from < 0 || to < from) continue;
      const held = this.#text.slice(from, to);
      this.#fuel.left -= held.length >> 2;
      const end = ignoresCase ? this.#sameEnd(held, at) : this.#text.startsWith(held, at) ? at + held.length : -1;
      if (end >= 0) return end;
    }
    return -1;
  }

  #sameEnd(held: string, at: number): number {
    let end = at;
    // The reference wants as many bytes as the group took, whatever the case makes of them.
    const bytes = utf8(held).length;
    if (utf8(this.#text.slice(at, at + bytes)).length < bytes) return -1;
    for (const character of held) {
      const codePoint = this.#text.codePointAt(end);
      if (codePoint === undefined) return -1;
      const own = String.fromCodePoint(codePoint);
      if (own !== character && folded(own) !== folded(character)) return -1;
      end += own.length;
    }
    return end;
  }
}
