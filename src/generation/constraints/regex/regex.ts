import { wrongKind } from "../../../checks";
import { nothing } from "../automaton/expression";
import { character } from "../automaton/utf8";
import { grammarFor } from "../grammar-cache";
import { TextConstraint } from "../text-constraint";
import type { TokenVocabulary } from "../vocabulary";
import { RegexParser } from "./parser";
import { expressionOf } from "./pattern";

/** Flags that change nothing here, besides `s`. */
const IDLE_FLAGS = "dgvuy";

/**
 * Texts that match a regular expression as a whole.
 *
 * The syntax is JavaScript's with the `u` flag: characters, `.`, classes (`[a-z]`, `[^…]`, `\d`, `\w`, `\s`, `\p{…}` and
 * their complements), groups, `|`, `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, escapes, and `^` and `$` at the ends. Lazy
 * repetitions match the same texts as greedy ones. Lookaround, backreferences and `\b` are refused.
 *
 * @param pattern the expression, as a string or a RegExp with no flags but `s`, `u`, `v`, `g`, `y` or `d`
 * @param tokenizer the tokenizer of the model; tasks pass theirs if it is omitted
 * @throws TypeError for the wrong kind of argument; RangeError for an expression that cannot be read, is not supported, or
 * matches nothing that the tokenizer can write
 * @see Willard and Louf 2023, Efficient Guided Generation for Large Language Models (arXiv 2307.09702)
 * @example
 * ```ts
 * import { regex } from "transformer-blocks";
 * import { characterTokenizer } from "transformer-blocks/tokenizer";
 * const tokenizer = characterTokenizer(["0123456789-"]);
 * const year = regex("\\d{4}", tokenizer);
 * let state = year.start();
 * for (const id of tokenizer.encode("202").ids) state = state.after(id);
 * state.isComplete; // false
 * state.after(tokenizer.encode("6").ids[0] ?? 0).isComplete; // true
 * ```
 */
export function regex(pattern: string | RegExp, tokenizer?: TokenVocabulary): TextConstraint {
  const isRegExp = Object.prototype.toString.call(pattern) === "[object RegExp]";
  if (typeof pattern !== "string" && !isRegExp) throw wrongKind("regex", "pattern", "a string or a RegExp", pattern);
  const [source, flags] = typeof pattern === "string" ? [pattern, ""] : [pattern.source, pattern.flags];
  for (const flag of flags)
    if (flag !== "s" && !IDLE_FLAGS.includes(flag)) throw new RangeError(`regex: the flag "${flag}" is not supported`);
  const made = grammarFor({ make: "regex", args: [source, flags] }, `${flags.includes("s")}${source}`, pattern, () => {
    const refuse = (problem: string): Error => new RangeError(`regex: ${problem}`);
    const tree = new RegexParser(source, refuse, flags.includes("s")).parse();
    return {
      root: expressionOf(tree, { character, around: nothing, refuse: (what) => refuse(`${what} is not supported`) }),
      whyEmpty: () => "no text matches the pattern",
    };
  });
  return new TextConstraint(made, tokenizer);
}
