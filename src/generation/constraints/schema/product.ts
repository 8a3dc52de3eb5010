import type { ByteSet } from "../automaton/byte-set";
import { ANY, both, type CodePoints, either, without } from "../automaton/code-points";
import {
  callOf,
  choice,
  type Expression,
  newRule,
  nothing,
  type Rule,
  repeat,
  sequence,
} from "../automaton/expression";
import { Machine, type State } from "../automaton/machine";
import { Network } from "../automaton/network";
import { expressionOf, type Pattern } from "../regex/pattern";

/** The most states of a product. */
const MOST_STATES = 20_000;
/** The most kinds of characters that the patterns tell apart: each is a byte of a machine's alphabet. */
const MOST_KINDS = 256;

/** A pattern that texts must contain a match of, or must not. */
export interface Condition {
  readonly tree: Pattern;
  readonly isExcluded: boolean;
  readonly refuse: (what: string) => Error;
}

interface Options {
  /** The number of characters. */
  readonly least: number;
  readonly most: number;
  readonly character: (set: CodePoints) => Expression;
  readonly tooLarge: () => Error;
}

/** The texts that meet all conditions and have a number of characters within bounds: a product of automata. */
export function product(conditions: readonly Condition[], { least, most, character, tooLarge }: Options): Expression {
  const kinds = kindsOf(conditions.flatMap(({ tree }) => setsOf(tree)));
  if (kinds.length > MOST_KINDS) throw tooLarge();
  const machines = conditions.map(({ tree, refuse }) => machineOf(tree, kinds, refuse));
  // Beyond the least number, characters are counted only if there is a largest one.
  const highest = Number.isFinite(most) ? most : least;
  const rules = new Map<string, Rule>();
  const waiting: { rule: Rule; states: readonly (State | null)[]; length: number }[] = [];
  const names = new Map<State | null, number>();
  const numberOf = (state: State | null): number => {
    if (!names.has(state)) names.set(state, names.size);
    return names.get(state)!;
  };
  const ruleOf = (states: readonly (State | null)[], length: number): Rule => {
    const counted = Math.min(length, highest);
    const key = `${counted} ${states.map(numberOf).join(" ")}`;
    let rule = rules.get(key);
    if (rule === undefined) {
      if (rules.size >= MOST_STATES) throw tooLarge();
      rule = newRule("string");
      rules.set(key, rule);
      waiting.push({ rule, states, length: counted });
    }
    return rule;
  };
  const start = ruleOf(
    machines.map((machine) => machine.start),
    0,
  );
  for (const { rule, states, length } of waiting) {
    const bySuccessor = new Map<Rule, CodePoints>();
    for (const [kind, set] of length < most ? kinds.entries() : []) {
      const next = states.map((state, i) => state && machines[i]!.after(state, kind));
      // Without a state, nothing that follows makes a match.
      if (!next.every((state, i) => state !== null || conditions[i]!.isExcluded)) continue;
      const successor = ruleOf(next, length + 1);
      bySuccessor.set(successor, either(bySuccessor.get(successor) ?? [], set));
    }
    const isComplete =
      length >= least && states.every((state, i) => (state?.isComplete ?? false) !== conditions[i]!.isExcluded);
    rule.body = choice([
      ...(isComplete ? [nothing] : []),
      ...Array.from(bySuccessor, ([successor, set]) => sequence([character(set), callOf(successor)])),
    ]);
  }
  return callOf(start);
}

/** A machine that reads kinds of characters instead of bytes. */
function machineOf(tree: Pattern, kinds: readonly CodePoints[], refuse: (what: string) => Error): Machine {
  const bytesOf = (set: CodePoints): Expression => {
    const bytes: ByteSet = new Uint32Array(8);
    for (const [kind, members] of kinds.entries())
      if (both(members, set).length > 0) bytes[kind >>> 5]! |= 1 << (kind & 31);
    return { kind: "bytes", set: bytes };
  };
  const around = repeat(bytesOf(ANY), 0, Number.POSITIVE_INFINITY);
  const network = new Network("jsonSchema", expressionOf(tree, { character: bytesOf, around, refuse }));
  const live = network.distances(() => true);
  return new Machine(network, live, live);
}

const setsOf = (tree: Pattern): CodePoints[] => {
  if (tree.kind === "set") return [tree.set];
  if (tree.kind === "repeat") return setsOf(tree.body);
  return tree.kind === "sequence"
    ? tree.parts.flatMap(setsOf)
    : tree.kind === "choice"
      ? tree.options.flatMap(setsOf)
      : [];
};

/** Divides all characters into those that no set tells apart. */
function kindsOf(sets: readonly CodePoints[]): CodePoints[] {
  let kinds: CodePoints[] = [ANY];
  for (const set of new Set(sets)) {
    kinds = kinds.flatMap((kind) => [both(kind, set), without(kind, set)].filter((part) => part.length > 0));
    if (kinds.length > MOST_KINDS) break;
  }
  return kinds;
}
