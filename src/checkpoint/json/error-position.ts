import { jsonString } from "./string";

const LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \n\r\t]*/y;

/** What may come next. */
type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | ", or end";

/**
 * The index of the first JSON syntax error in `text`; undefined if there is none. Engines word their messages
 * differently and some omit the position. An explicit stack makes the depth safe.
 */
export function jsonErrorPosition(text: string): number | undefined {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  let position = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = position;
    if (!pattern.test(text)) return false;
    position = pattern.lastIndex;
    return true;
  };
  const takeString = (): boolean => {
    const end = jsonString(text, position)?.end;
    position = end ?? position;
    return end !== undefined;
  };
  for (;;) {
    take(SPACE);
    const character = text[position];
    const inside = open.at(-1);
    if (character === undefined) return expected === ", or end" && inside === undefined ? undefined : position;
    if (expected === ":") {
      if (character !== ":") return position;
      expected = "value";
      position += 1;
    } else if (expected === ", or end") {
      if (character === "," && inside !== undefined) expected = inside === "{" ? "key" : "value";
      else if (character === (inside === "{" ? "}" : "]") && inside !== undefined) open.pop();
      else return position;
      position += 1;
    } else if ((expected === "key or }" && character === "}") || (expected === "value or ]" && character === "]")) {
      open.pop();
      expected = ", or end";
      position += 1;
    } else if (expected === "key" || expected === "key or }") {
      if (!takeString()) return position;
      expected = ":";
    } else if (character === "{" || character === "[") {
      open.push(character);
      expected = character === "{" ? "key or }" : "value or ]";
      position += 1;
    } else {
      if (!takeString() && !take(LITERAL)) return position;
      expected = ", or end";
    }
  }
}
