import type { Token } from "./lines";

const words = new Set(["and", "or", "else", "if", "is", "not", "in", "recursive"]);

/** Tests whose argument may follow without parentheses, as in `is divisibleby 3`. */
const startsValue = (token: Token | undefined): boolean =>
  token !== undefined &&
  (["StringLiteral", "NumericLiteral", "OpenSquareBracket"].includes(token.type) ||
    (token.type === "Identifier" && !words.has(token.value)));

/**
 * The parser knows tests without arguments only, but filters with them. So `a is not eq(b)` becomes `a | is not eq(b)`,
 * a filter of that name.
 */
export function withTestArguments(tokens: readonly Token[]): Token[] {
  const result: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    const negated = isWord(tokens[at + 1], "not");
    const name = tokens[at + (negated ? 2 : 1)];
    const argument = at + (negated ? 3 : 2);
    const inParentheses = tokens[argument]?.type === "OpenParen";
    if (!isWord(token, "is") || name?.type !== "Identifier" || !(inParentheses || startsValue(tokens[argument]))) {
      result.push(token);
      continue;
    }
    result.push({ type: "Pipe", value: "|" });
    result.push({ type: "Identifier", value: `is ${negated ? "not " : ""}${name.value}` });
    at = argument - 1;
    if (inParentheses) continue;
    const end = endOfValue(tokens, argument);
    result.push({ type: "OpenParen", value: "(" }, ...tokens.slice(argument, end), { type: "CloseParen", value: ")" });
    at = end - 1;
  }
  return result;
}

const isWord = (token: Token | undefined, word: string): boolean =>
  token?.type === "Identifier" && token.value === word;

/** The end of a literal, a name or a list. */
function endOfValue(tokens: readonly Token[], start: number): number {
  let depth = 0;
  for (let at = start; at < tokens.length; at++) {
    if (tokens[at]!.type === "OpenSquareBracket") depth++;
    if (tokens[at]!.type === "CloseSquareBracket") depth--;
    if (depth === 0) return at + 1;
  }
  return tokens.length;
}
