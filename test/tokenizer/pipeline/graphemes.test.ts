import fc from "fast-check";
import { expect, it } from "vitest";
import { clustersEnd, graphemes } from "../../../src/tokenizer/pipeline/normalizers/graphemes";

/** Characters of every kind that joins others, and some that do not. */
const CHARACTERS = [
  ..."a \n\r\t\u0000é\u0301\u0308\u200d\u200c\u0600\u06dd\u070f\u0e01\u0e33\u0eb3\u1100\u1161\u11a8\ua960\ud7b0\uac00\uac01",
  ..."\u0915\u094d\u0937\u093e\u0d4e\u0d15\u4e00\u30ab\uff76\uff9e\u00ad\ufe0f\u20e3",
  ..."\u{1f600}\u{1f468}\u{1f3fd}\u{1f1e9}\u{1f1ea}\u{e0061}\u{e007f}\u{111c2}\u{11a3a}\u{1193f}\u{16d63}\u{16d67}",
  "\ud800",
  "\udc00",
];

it("a stretch of clusters ends only where a cluster ends", () => {
  const texts = fc.string({
    unit: fc.oneof(fc.constantFrom(...CHARACTERS), fc.string({ unit: "binary", minLength: 1, maxLength: 1 })),
  });
  fc.assert(
    fc.property(texts, (text) => {
      const clusters: string[] = [];
      for (let at = 0; at < text.length; at = clustersEnd(text, at)) {
        clusters.push(...graphemes(text.slice(at, clustersEnd(text, at))));
      }
      expect(clusters).toEqual(graphemes(text));
    }),
    { numRuns: 2000 },
  );
});
