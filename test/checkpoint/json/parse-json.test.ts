import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../../src/checkpoint/json/parse-json";
import { FormatError } from "../../../src/errors";

const parse = (text: string) => parseJson(new TextEncoder().encode(text), "f.json");

describe("parseJson", () => {
  it.each([
    ["", "line 1, column 1: found the end of the file"],
    ['{"a": [', "line 1, column 8: found the end of the file"],
    ['{\n "a": 1,\n}', 'line 3, column 1: found "}"'],
    ['{\n "a" 1}', 'line 2, column 6: found "1}"'],
    ["[1, 2", "line 1, column 6: found the end of the file"],
    ["[1, 02]", 'line 1, column 6: found "2]"'],
    ["[1]]", 'line 1, column 4: found "]"'],
    ["[1}", 'line 1, column 3: found "}"'],
    ["[NaN]", 'line 1, column 2: found "NaN]"'],
    ["{'a': 1}", `line 1, column 2: found "'a': 1}"`],
    ['["a\nb"]', 'line 1, column 2: found "\\"a\\nb\\"]"'],
    ["{} {}", 'line 1, column 4: found "{}"'],
  ])("places the error in %j", (text, message) => {
    expect(() => parse(text)).toThrow(FormatError);
    expect(() => parse(text)).toThrow(`f.json: ${message}, expected valid JSON`);
  });

  it("reads deeply nested JSON without overflowing the stack", () => {
    expect(() => parse(`${"[".repeat(500_000)}`)).toThrow(/column 500001: found the end/);
  });

  it("reads 2000 nested arrays and objects, as Python does, and places the first that is nested deeper", () => {
    const nested = (open: string, close: string, depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const) {
      const text = nested(open, close, 2000);
      expect(JSON.stringify(parse(text))).toBe(text);
      expect(() => parse(nested(open, close, 2001))).toThrow(FormatError);
      expect(() => parse(`[\n${nested(open, close, 2000)}]`)).toThrow(
        `line 2, column ${1999 * open.length + 1}: found nesting 2001 deep, expected at most 2000 nested arrays and objects`,
      );
    }
  });

  it("counts as nesting neither what is closed nor brackets in strings", () => {
    const list = JSON.stringify(Array.from({ length: 3000 }, () => [{}]));
    const strings = JSON.stringify(["[".repeat(3000), '\\"[{'.repeat(3000), { "{{[": '"' }]);
    for (const text of [list, strings]) expect(JSON.stringify(parse(text))).toBe(text);
    // Closing brackets in strings close nothing.
    expect(() => parse(`${'["]]",'.repeat(2001)}1${"]".repeat(2001)}`)).toThrow(/found nesting 2001 deep/);
    expect(() => parse(`${"[".repeat(2001)}"`)).toThrow(/line 1, column 2002: found "\\""/);
  });

  it("places the end of any JSON that is cut, and the start of what follows it", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, place) => {
        const text = `{"a": ${json}}`;
        const cut = text.slice(0, place % text.length);
        expect(() => parse(cut)).toThrow(FormatError);
        expect(() => parse(`${text}!`)).toThrow('found "!"');
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
      { seed: 2 },
    );
  });
});
