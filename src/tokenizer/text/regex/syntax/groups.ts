import { notOffered, RegexProblem } from "./problem";
import type { Reader } from "./reader";

/** A reference to a group, by number or by name. */
export type Reference = { readonly number: number } | { readonly name: string };

/** The groups opened so far, numbered in order, and those with names. */
export class Groups {
  count = 0;
  readonly names = new Map<string, number[]>();
  /** The position of the first reference by number. */
  #numbered: number | undefined;
  readonly #references: { group: number; at: number }[] = [];
  readonly #calls: { reference: Reference; at: number }[] = [];

  open(name?: string): number {
    const group = ++this.count;
    if (name !== undefined) this.names.set(name, [...(this.names.get(name) ?? []), group]);
    return group;
  }

  /** Whether `(…)` without a name captures: only if no group has a name. */
  get captureUnnamed(): boolean {
    return this.names.size === 0;
  }

  /** The groups that a back reference can refer to; later groups only by number. */
  behind(reference: Reference, at: number): readonly number[] {
    if ("number" in reference) {
      this.#numbered ??= at;
      this.#references.push({ group: reference.number, at });
      return [reference.number];
    }
    const groups = this.names.get(reference.name);
    if (groups === undefined) throw new RegexProblem(`back reference to the unknown group ${reference.name}`, at);
    return groups;
  }

  /** The group of a call, resolved when all groups are known. */
  called(reference: Reference): number {
    return "number" in reference ? reference.number : (this.names.get(reference.name)?.[0] ?? -1);
  }

  noteCall(reference: Reference, at: number): void {
    if ("number" in reference && reference.number !== 0) this.#numbered ??= at;
    this.#calls.push({ reference, at });
  }

  /** @throws RegexProblem for a call of a group that does not exist, or whose name is not unique. */
  check(): void {
    if (this.#numbered !== undefined && this.names.size > 0) {
      throw new RegexProblem("reference by number in a pattern with named groups", this.#numbered);
    }
    for (const { group, at } of this.#references) {
      if (group < 1 || group > this.count) throw new RegexProblem("reference to a group that does not exist", at);
    }
    for (const { reference, at } of this.#calls) {
      const named = "name" in reference ? (this.names.get(reference.name) ?? []).length : 1;
      const group = this.called(reference);
      if (group < 0 || group > this.count || named === 0)
        throw new RegexProblem("call of a group that does not exist", at);
      if (named > 1) throw new RegexProblem("call of a name that several groups share", at);
    }
  }
}

/** Reads a group's name up to the `>` or `'` that closes it. */
export function readName(reader: Reader, close: string): string {
  const { at } = reader;
  const name = reader.takeMatch(/(?!\p{Nd})[\p{L}\p{M}\p{N}\p{Pc}]+/uy)?.[0];
  if (name === undefined || !reader.takes(close)) throw reader.problem("invalid group name", at);
  return name;
}

/** Reads a reference up to `close`: a number, a relative number, or a name. */
export function readReference(reader: Reader, close: string, groups: Groups): Reference {
  const { at } = reader;
  const written = reader.takeMatch(/(?:([+-]?)(\d+)|([\p{L}\p{M}\p{N}\p{Pc}]+))([+-]\d+)?/uy);
  if (written === undefined || !reader.takes(close)) throw reader.problem("invalid group reference", at);
  const [, sign, digits, name, level] = written;
  if (level !== undefined) throw notOffered("a reference with a recursion level", at);
  if (name !== undefined) return { name };
  const number = Number(digits);
  if (sign === "") return { number };
  const absolute = sign === "-" ? groups.count + 1 - number : groups.count + number;
  if (number === 0 || absolute < 1) throw reader.problem("reference to a group that does not exist", at);
  return { number: absolute };
}
