import { ALL_CODE_POINTS, CodePoints } from "./code-points";
import { readCharacterEscape, readClassEscape } from "./escapes";
import { readReference } from "./groups";
import { foldingOf, wordWith } from "./options";
import { type Parsing, setOf } from "./parsing";
import { choice, type Node, type Place, sequence } from "./syntax-tree";

export const LINE_FEED: CodePoints = /* @__PURE__ */ CodePoints.single(0x0a);
const NEW_LINE = /* @__PURE__ */ CodePoints.of([0x0a, 0x0e, 0x85, 0x86, 0x2028, 0x202a]);

const PLACES: ReadonlyMap<string, Place> = new Map([
  ["A", "text start"],
  ["z", "text end"],
  ["Z", "last line end"],
  ["G", "search start"],
  ["b", "word edge"],
  ["B", "no word edge"],
  ["y", "cluster edge"],
  ["Y", "no cluster edge"],
]);

/** Reads an escape sequence after its backslash, which is at `at`. */
export function readEscape(parsing: Parsing, at: number): Node {
  const { reader, options } = parsing;
  const members = readClassEscape(reader, options, false);
  if (members !== undefined) return setOf(members);
  const place = PLACES.get(reader.peek());
  if (place !== undefined) {
    const letter = reader.take("after a backslash");
    if (place === "text end" || place === "last line end") parsing.refuseInLookBehind(`\\${letter}`, at);
    return { kind: "place", place, word: wordWith(options) };
  }
  if (reader.takes("K")) return { kind: "keep" };
  if (reader.takes("N")) return setOf(LINE_FEED.complement());
  if (reader.takes("O")) return setOf(ALL_CODE_POINTS);
  if (reader.takes("X")) return cluster();
  if (reader.takes("R")) {
    parsing.refuseInLookBehind("\\R", at);
    return newLine();
  }
  return readReferring(parsing, at) ?? readSeveral(parsing) ?? parsing.literal(readCharacterEscape(reader));
}

/** Several code points in one pair of braces: `\x{61 62}`. */
function readSeveral(parsing: Parsing): Node | undefined {
  const { reader } = parsing;
  const { at } = reader;
  const list = reader.takeMatch(/x\{([0-9a-fA-F]+(?:[ \n]+[0-9a-fA-F]+)+)[ \n]*\}/uy);
  if (list === undefined) return undefined;
  const codePoints = (list[1] as string).split(/[ \n]+/u).map((digits) => Number.parseInt(digits, 16));
  if (codePoints.some((codePoint) => codePoint > 0x10ffff)) throw reader.problem("code point above 10FFFF", at);
  return sequence(codePoints.map((codePoint) => parsing.literal(codePoint)));
}

/** `\1`, `\k<name>` and `\g<name>`. */
function readReferring(parsing: Parsing, at: number): Node | undefined {
  const { reader, groups } = parsing;
  const digits = /[1-9][0-9]*/uy;
  digits.lastIndex = reader.at;
  const number = Number(digits.exec(reader.source)?.[0] ?? Number.NaN);
  if (number <= 9 || number <= groups.count) {
    reader.at = digits.lastIndex;
    return backReference(parsing, groups.behind({ number }, at));
  }
  const named = reader.takeMatch(/([kg])([<'])/uy);
  if (named === undefined) return undefined;
  const reference = readReference(reader, named[2] === "<" ? ">" : "'", groups);
  if (named[1] === "k") return backReference(parsing, groups.behind(reference, at));
  groups.noteCall(reference, at);
  return {
    kind: "call",
    at,
    // The group may open later, so it is checked at the end.
    get group() {
      return groups.called(reference);
    },
  };
}

function backReference({ options }: Parsing, groups: readonly number[]): Node {
  return { kind: "back reference", groups, folding: foldingOf(options) };
}

/** `\R`: never half of a carriage return and line feed. */
function newLine(): Node {
  const both = sequence([setOf(CodePoints.single(0x0d)), setOf(LINE_FEED)]);
  return { kind: "atomic", body: choice([both, setOf(NEW_LINE)]) };
}

/** `\X`: an extended grapheme cluster. */
function cluster(): Node {
  const body = sequence([{ kind: "place", place: "no cluster edge" }, setOf(ALL_CODE_POINTS)]);
  const rest: Node = { kind: "repeat", body, least: 0, most: Number.POSITIVE_INFINITY, manner: "greedy" };
  return { kind: "atomic", body: sequence([setOf(ALL_CODE_POINTS), rest]) };
}
