import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRegex } from "../../../src/tokenizer/text/regex";
import { scanners } from "../../../src/tokenizer/text/scanners";

const PARTS =
  "a b Z É Ab ABC aB Ǆ ǅ ʰ é ß ſ K ' 's 'S 't 'RE 'Ve 'lL 'd 'm 'x 1 22 ٣ Ⅷ ½ . / $ + ´ _ , ! ?? — 😀 👩‍👩‍👧 中文 한 ा \u0301 \u20dd \u00ad \u200d \u{10400} 𝟙 \ud800 \udc00 \u0000".split(
    " ",
  );
const SPACES = [" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2028", "\u0085", "\u000b", "\u001c", "\u180e"];

describe("scanners written by hand equal their regular expression", () => {
  const nasty = fc.array(fc.constantFrom(...PARTS, ...SPACES), { maxLength: 30 }).map((parts) => parts.join(""));
  it.each([...scanners()])("%s", (source, scan) => {
    const pattern = compileRegex(source);
    const agrees = (text: string): void => void expect(Array.from(scan(text))).toEqual(Array.from(pattern(text)));
    fc.assert(fc.property(nasty, agrees), { numRuns: 3000 });
    fc.assert(fc.property(fc.string({ unit: "binary" }), agrees), { numRuns: 1000 });
  });
});
