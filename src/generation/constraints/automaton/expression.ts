import { type ByteSet, byteRange } from "./byte-set";

/** What a constraint allows: a grammar over bytes. Every kind of constraint is translated to it. */
export type Expression =
  | { readonly kind: "bytes"; readonly set: ByteSet }
  | { readonly kind: "sequence"; readonly parts: readonly Expression[] }
  | { readonly kind: "choice"; readonly options: readonly Expression[] }
  | { readonly kind: "repeat"; readonly body: Expression; readonly least: number; readonly most: number }
  | { readonly kind: "rule"; readonly rule: Rule };

/** A named expression, which may contain itself. */
export interface Rule {
  /** For messages: the name in a grammar, or the path in a schema. */
  readonly name: string;
  /** Set once, after the rule was made, so that rules can be recursive. */
  body: Expression;
}

/** The empty text. */
export const nothing: Expression = { kind: "sequence", parts: [] };

/** No text at all, not even the empty one. */
export const never: Expression = { kind: "choice", options: [] };

export const isNever = (expression: Expression): boolean =>
  expression.kind === "choice" && expression.options.length === 0;

/** One byte of a range. Equal ranges are one expression: a grammar of long numbers has each digit a hundred thousand times. */
export function oneByte(first: number, last = first): Expression {
  const key = first * 256 + last;
  let known = ranges.get(key);
  if (known === undefined) {
    known = { kind: "bytes", set: byteRange(first, last) };
    ranges.set(key, known);
  }
  return known;
}

const ranges = /* @__PURE__ */ new Map<number, Expression>();

export function sequence(parts: readonly Expression[]): Expression {
  const kept = parts.filter((part) => part !== nothing);
  if (kept.some(isNever)) return never;
  return kept.length === 1 ? kept[0]! : kept.length === 0 ? nothing : { kind: "sequence", parts: kept };
}

export function choice(options: readonly Expression[]): Expression {
  const kept = options.filter((option) => !isNever(option));
  return kept.length === 1 ? kept[0]! : { kind: "choice", options: kept };
}

/** From `least` to `most` times; `most` may be Infinity. */
export function repeat(body: Expression, least: number, most: number): Expression {
  if (most === 0) return nothing;
  if (isNever(body)) return least === 0 ? nothing : never;
  // (x{0,k}){m,n} is x{0,k·n}, and (x+){m,n} is x{m,}: repetitions of repetitions could be counted in many ways.
  if (body.kind === "repeat" && body.least === 0) return repeat(body.body, 0, body.most * most);
  if (body.kind === "repeat" && body.least === 1 && body.most === Number.POSITIVE_INFINITY)
    return repeat(body.body, least, body.most);
  return least === 1 && most === 1 ? body : { kind: "repeat", body, least, most };
}

export const optional = (body: Expression): Expression => repeat(body, 0, 1);

/** A rule whose body is set later. */
export const newRule = (name: string): Rule => ({ name, body: never });

export const callOf = (rule: Rule): Expression => ({ kind: "rule", rule });

const encoder = /* @__PURE__ */ new TextEncoder();

/** The UTF-8 bytes of a text. */
export const literal = (text: string): Expression =>
  sequence(Array.from(encoder.encode(text), (byte) => oneByte(byte)));
