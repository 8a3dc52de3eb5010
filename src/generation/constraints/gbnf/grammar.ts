import { expectString } from "../../../checks";
import { grammarFor } from "../grammar-cache";
import { TextConstraint } from "../text-constraint";
import type { TokenVocabulary } from "../vocabulary";
import { GbnfParser } from "./parser";

/**
 * Texts of a context-free grammar, in the notation of llama.cpp (GBNF): rules `name ::= …` of texts in quotes, classes
 * `[a-z]`, `.`, other rules, groups, `|`, `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}` and comments after `#`. The rule `root` is
 * the whole text. Rules may call themselves anywhere, also first. Tokens in angle brackets are refused.
 *
 * @param tokenizer the tokenizer of the model; tasks pass theirs if it is omitted
 * @throws TypeError unless it is a string; RangeError that gives the line for a grammar that cannot be read, or for one
 * whose texts never end or cannot be written with the tokenizer
 * @see https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
 * @example
 * ```ts
 * import { grammar } from "transformer-blocks";
 * import { characterTokenizer } from "transformer-blocks/tokenizer";
 * const tokenizer = characterTokenizer(["()"]);
 * const balanced = grammar('root ::= ("(" root ")")*', tokenizer);
 * let state = balanced.start();
 * for (const id of tokenizer.encode("(()").ids) state = state.after(id);
 * state.isComplete; // false
 * ```
 */
export function grammar(gbnf: string, tokenizer?: TokenVocabulary): TextConstraint {
  expectString("grammar", "gbnf", gbnf);
  const made = grammarFor({ make: "grammar", args: [gbnf] }, gbnf, gbnf, () => ({
    root: new GbnfParser(gbnf).parse(),
    whyEmpty: () => 'no text fits the rule "root": give every rule that calls itself a way to end',
  }));
  return new TextConstraint(made, tokenizer);
}
