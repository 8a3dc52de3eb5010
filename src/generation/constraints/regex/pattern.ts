import type { CodePoints } from "../automaton/code-points";
import { callOf, choice, type Expression, newRule, nothing, repeat, sequence } from "../automaton/expression";

/** A regular expression as a tree. */
export type Pattern =
  | { readonly kind: "set"; readonly set: CodePoints }
  | { readonly kind: "sequence"; readonly parts: readonly Pattern[] }
  | { readonly kind: "choice"; readonly options: readonly Pattern[] }
  | { readonly kind: "repeat"; readonly body: Pattern; readonly least: number; readonly most: number }
  | { readonly kind: "start" }
  | { readonly kind: "end" };

/**
 * What is before (or behind) a part of a pattern: the edge of the text, any text up to the edge, or other parts.
 */
type Edge = "text" | "any" | "parts";

/** How a pattern is translated. */
export interface Translation {
  /** One character of a set. */
  character: (set: CodePoints) => Expression;
  /** What may stand before and behind the match; nothing if the pattern must match the whole text. */
  around: Expression;
  /** The error for a pattern that cannot be translated. */
  refuse: (what: string) => Error;
}

/** The texts that match, or with `around` those that contain a match. */
export function expressionOf(pattern: Pattern, translation: Translation): Expression {
  const edge: Edge = translation.around === nothing ? "text" : "any";
  return new Translator(translation).expression(pattern, edge, edge);
}

class Translator {
  readonly #translation: Translation;
  readonly #characters = new Map<CodePoints, Expression>();

  constructor(translation: Translation) {
    this.#translation = translation;
  }

  expression(pattern: Pattern, before: Edge, behind: Edge): Expression {
    switch (pattern.kind) {
      case "choice":
        return choice(pattern.options.map((option) => this.expression(option, before, behind)));
      case "sequence":
        return this.#sequence(pattern.parts, before, behind);
      case "start":
      case "end":
        return this.#sequence([pattern], before, behind);
      case "set":
        return this.#padded(this.#character(pattern.set), before, behind);
      case "repeat": {
        const body = this.expression(pattern.body, "parts", "parts");
        return this.#padded(repeat(body, pattern.least, pattern.most), before, behind);
      }
    }
  }

  #sequence(parts: readonly Pattern[], before: Edge, behind: Edge): Expression {
    let first = 0;
    let end = parts.length;
    while (parts[first]?.kind === "start") first++;
    while (end > first && parts[end - 1]!.kind === "end") end--;
    const left = first > 0 ? this.#anchored(before, "^") : before;
    const right = end < parts.length ? this.#anchored(behind, "$") : behind;
    const rest = parts.slice(first, end);
    if (rest.length === 0) return this.#padded(nothing, left, right);
    return sequence(
      rest.map((part, i) => this.expression(part, i === 0 ? left : "parts", i === rest.length - 1 ? right : "parts")),
    );
  }

  #anchored(edge: Edge, sign: string): Edge {
    if (edge === "parts") throw this.#translation.refuse(`${sign} between other parts`);
    return "text";
  }

  #padded(expression: Expression, before: Edge, behind: Edge): Expression {
    const { around } = this.#translation;
    return sequence([before === "any" ? around : nothing, expression, behind === "any" ? around : nothing]);
  }

  /** Large sets are a rule, so that each use takes one state. */
  #character(set: CodePoints): Expression {
    let made = this.#characters.get(set);
    if (made === undefined) {
      made = this.#translation.character(set);
      if (set.at(-1) !== undefined && set.at(-1)![1] > 0x7f) {
        const rule = newRule("character");
        rule.body = made;
        made = callOf(rule);
      }
      this.#characters.set(set, made);
    }
    return made;
  }
}
