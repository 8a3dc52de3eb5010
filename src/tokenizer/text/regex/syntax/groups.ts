import { notOffered, RegexProblem } from "./problem";
import type { Reader } from "./reader";

/** How a group is referred to: by number or by name. */
export type Reference = { readonly number: number } | { readonly name: string };

/** The groups that a pattern has opened, numbered as they open, and those with names. */
export class Groups {
  count = 0;
  readonly names = new Map<string, number[]>();
  /** Where the first reference by number stands. */
  #numbered: number | undefined;
  readonly #references: { group: number; at: number }[] = [];
  readonly #calls: { reference: Reference; at: number }[] = [];

  open(name?: string): number {
    const group = ++this.count;
    if (name !== undefined) this.names.set(name, [...(this.names.get(name) ?? []), group]);
    return group;
  }

  /** Whether `(…)` without a name captures: not if others have one. */
  get captureUnnamed(): boolean {
    return this.names.size === 0;
  }

  /** The groups that a back reference may mean; those that open later only by number. */
  behind(reference: Reference, at: number): readonly number[] {
    if ("number" in reference) {
      this.#numbered ??= at;
      this.#references.push({ group: reference.number, at });
      return [reference.number];
    }
    const groups = this.names.get(reference.name);
    if (groups === undefined)
      throw new RegexProblem(`no group before it has the name ${reference.name}, which stands`, at);
    return groups;
  }

  /** The group that a call means; found when all are known. */
  called(reference: Reference): number {
    return "number" in reference ? reference.number : (this.names.get(reference.name)?.[0] ?? -1);
  }

  noteCall(reference: Reference, at: number): void {
    if ("number" in reference && reference.number !== 0) this.#numbered ??= at;
    this.#calls.push({ reference, at });
  }

  /** @throws RegexProblem for a call of a group that there is not, or that is not the only one of its name. */
  check(): void {
    if (this.#numbered !== undefined && this.names.size > 0) {
      throw new RegexProblem("a group is meant by number where groups have names,", this.#numbered);
    }
    for (const { group, at } of this.#references) {
      if (group < 1 || group > this.count) throw new RegexProblem("a group is referred to that there is not,", at);
    }
    for (const { reference, at } of this.#calls) {
      const named = "name" in reference ? (this.names.get(reference.name) ?? []).length : 1;
      const group = this.called(reference);
      if (group < 0 || group > this.count || named === 0)
        throw new RegexProblem("a group is called that there is not,", at);
      if (named > 1) throw new RegexProblem("a name is called that several groups have,", at);
    }
  }
}

/** Reads the name of a group up to the `>` or `'` that closes it. */
export function readName(reader: Reader, close: string): string {
  const { at } = reader;
  const name = reader.takeMatch(/(?!\p{Nd})[\p{L}\p{M}\p{N}\p{Pc}]+/uy)?.[0];
  if (name === undefined || !reader.takes(close)) throw reader.problem("a group has no proper name,", at);
  return name;
}

/** Reads what is referred to, up to `close`: a number, one counted from here, or a name. */
export function readReference(reader: Reader, close: string, groups: Groups): Reference {
  const { at } = reader;
  const written = reader.takeMatch(/(?:([+-]?)(\d+)|([\p{L}\p{M}\p{N}\p{Pc}]+))([+-]\d+)?/uy);
  if (written === undefined || !reader.takes(close)) throw reader.problem("a group is not properly referred to,", at);
  const [, sign, digits, name, level] = written;
  if (level !== undefined) throw notOffered("a reference with a level of recursion", at);
  if (name !== undefined) return { name };
  const number = Number(digits);
  if (sign === "") return { number };
  const absolute = sign === "-" ? groups.count + 1 - number : groups.count + number;
  if (number === 0 || absolute < 1) throw reader.problem("a group is referred to that there is not,", at);
  return { number: absolute };
}
