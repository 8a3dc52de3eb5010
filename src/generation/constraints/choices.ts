import { arrayOf, expectString } from "../../checks";
import {
  callOf,
  choice,
  type Expression,
  newRule,
  nothing,
  oneByte,
  type Rule,
  sequence,
} from "./automaton/expression";
import { grammarFor } from "./grammar-cache";
import { TextConstraint } from "./text-constraint";
import type { TokenVocabulary } from "./vocabulary";

/**
 * One of a list of texts.
 *
 * @param tokenizer the tokenizer of the model; tasks pass theirs if it is omitted
 * @throws TypeError unless they are strings; RangeError if there are none, or if the tokenizer can write none of them
 * @example
 * ```ts
 * import { choices } from "transformer-blocks";
 * import { characterTokenizer } from "transformer-blocks/tokenizer";
 * const tokenizer = characterTokenizer(["yes no"]);
 * const state = choices(["yes", "no"], tokenizer).start();
 * [...tokenizer.encode("yesno").ids].map((id) => (state.allowed[0] ?? 0) >> id & 1); // [1, 0, 0, 1, 0]
 * ```
 */
export function choices(texts: readonly string[], tokenizer?: TokenVocabulary): TextConstraint {
  arrayOf(expectString, "an array of strings")("choices", "texts", texts);
  if (texts.length === 0) throw new RangeError("choices: the list is empty; pass at least one text");
  const broken = texts.findIndex((text) => /\p{Surrogate}/u.test(text));
  if (broken >= 0) throw new RangeError(`choices: texts[${broken}] has half of a surrogate pair, which no text has`);
  const copy = [...new Set(texts)];
  const grammar = grammarFor({ make: "choices", args: [copy] }, JSON.stringify(copy), copy, () => ({
    root: oneOfTexts(copy),
    whyEmpty: () => "the list is empty",
  }));
  return new TextConstraint(grammar, tokenizer);
}

const encoder = /* @__PURE__ */ new TextEncoder();

/** The texts as a tree that shares their beginnings. */
export function oneOfTexts(texts: readonly string[]): Expression {
  const tree: Branch = { next: new Map(), ends: false };
  for (const text of texts) {
    let at = tree;
    for (const byte of encoder.encode(text)) {
      let next = at.next.get(byte);
      if (next === undefined) {
        next = { next: new Map(), ends: false };
        at.next.set(byte, next);
      }
      at = next;
    }
    at.ends = true;
  }
  return expressionOf(tree);
}

interface Branch {
  readonly next: Map<number, Branch>;
  ends: boolean;
}

/** Each fork is a rule, so that no list nests too deeply. */
function expressionOf(tree: Branch): Expression {
  const root = newRule("choices");
  const waiting: [Rule, Branch][] = [[root, tree]];
  for (const [rule, branch] of waiting) {
    const options = Array.from(branch.next, ([byte, next]) => {
      const run = [oneByte(byte)];
      let at = next;
      while (!at.ends && at.next.size === 1) {
        const [[only, after]] = [...at.next] as [[number, Branch]];
        run.push(oneByte(only));
        at = after;
      }
      if (at.next.size === 0) return sequence(run);
      const fork = newRule("choices");
      waiting.push([fork, at]);
      return sequence([...run, callOf(fork)]);
    });
    rule.body = choice(branch.ends ? [nothing, ...options] : options);
  }
  return callOf(root);
}
