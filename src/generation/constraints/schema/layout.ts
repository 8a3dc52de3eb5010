import {
  choice,
  type Expression,
  literal,
  nothing,
  oneByte,
  optional,
  repeat,
  sequence,
} from "../automaton/expression";

/** The signs of JSON with the white space around them. */
export interface Layout {
  readonly colon: Expression;
  readonly comma: Expression;
  /** Inside brackets and braces. */
  readonly inside: Expression;
}

const space = /* @__PURE__ */ optional(/* @__PURE__ */ literal(" "));
const blanks = (): Expression => repeat(choice([oneByte(0x20), oneByte(0x09, 0x0a), oneByte(0x0d)]), 0, 20);

export const LAYOUTS: Readonly<Record<"none" | "spaced" | "any", () => Layout>> = {
  none: () => ({ colon: literal(":"), comma: literal(","), inside: nothing }),
  spaced: () => ({ colon: sequence([literal(":"), space]), comma: sequence([literal(","), space]), inside: nothing }),
  any: () => ({
    colon: sequence([blanks(), literal(":"), blanks()]),
    comma: sequence([blanks(), literal(","), blanks()]),
    inside: blanks(),
  }),
};
