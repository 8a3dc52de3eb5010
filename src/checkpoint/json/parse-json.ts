import { FormatError } from "../../errors";
import { DEEPEST, tooDeepAt } from "./depth";
import { jsonErrorPosition } from "./error-position";

/**
 * Parses a JSON file.
 *
 * @throws FormatError for invalid JSON, with line and column; for JSON that is nested too deeply; for invalid UTF-8
 */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  const text = decodeUtf8(bytes, file);
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    const expected = `at most ${DEEPEST} nested arrays and objects`;
    const problem = { file, at: placeOf(text, deep), found: `nesting ${DEEPEST + 1} deep`, expected };
    throw syntaxError(text, file) ?? new FormatError(problem);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw syntaxError(text, file) ?? error;
  }
}

function syntaxError(text: string, file: string): FormatError | undefined {
  const position = jsonErrorPosition(text);
  if (position === undefined) return undefined;
  const found = position < text.length ? JSON.stringify(text.slice(position, position + 20)) : "the end of the file";
  return new FormatError({ file, at: placeOf(text, position), found, expected: "valid JSON" });
}

function placeOf(text: string, position: number): string {
  const before = text.slice(0, position);
  return `line ${before.split("\n").length}, column ${before.length - before.lastIndexOf("\n")}`;
}

/** The maximum string length of the engines. */
const LONGEST = 2 ** 29 - 24;

function decodeUtf8(bytes: Uint8Array, file: string): string {
  if (bytes.length > LONGEST)
    throw new FormatError({ file, found: `${bytes.length} bytes`, expected: `JSON of at most ${LONGEST} bytes` });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FormatError({ file, found: "invalid UTF-8", expected: "UTF-8 encoded JSON" });
  }
}
