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
