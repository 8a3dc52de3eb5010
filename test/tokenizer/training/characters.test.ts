import { describe, expect, it } from "vitest";
import { type CharacterTokenizerOptions, characterTokenizer } from "../../../src/tokenizer";
import { type EncodingCase, type Fixture, fixture } from "../fixtures";

describe("characterTokenizer", () => {
  interface Characters extends Fixture<EncodingCase> {
    texts: string[];
    options: CharacterTokenizerOptions;
  }
  const { texts, options, json, cases } = fixture<Characters>("training/characters");
  const tokenizer = characterTokenizer(texts, options);

  it("writes the file that the reference writes, and gives its ids", () => {
    expect(tokenizer.toJson()).toEqual(json);
    for (const { text, ids, tokens, offsets, decoded } of cases) {
      const encoding = tokenizer.encode(text);
      expect(encoding.ids).toEqual(ids);
      expect(encoding.tokens).toEqual(tokens);
      expect(encoding.offsets).toEqual(offsets);
      expect(tokenizer.decode(ids)).toBe(decoded);
    }
  });

  it("begins with the unknown token, however it is called", () => {
    const named = characterTokenizer(["ab"], { unknownToken: "?", specialTokens: ["<s>"] });
    expect([0, 1, 2, 3].map((id) => named.idToToken(id))).toEqual(["?", "<s>", "a", "b"]);
    expect(named.special).toEqual({ bos: 1, unk: 0 });
    expect(named.encode("b!").ids).toEqual([3, 0]);
  });

  it("has no token for half a surrogate pair", () => {
    expect(characterTokenizer(["a\ud83d"]).vocabSize).toBe(2);
    expect(characterTokenizer(["a"]).encode("\ud83da\ude00").ids).toEqual([0, 1, 0]);
  });

  it("refuses anything but an array of strings", () => {
    expect(() => characterTokenizer("text")).toThrow(/texts must be an array of strings, not one string/);
    // @ts-expect-error: no text
    expect(() => characterTokenizer(["a", 5])).toThrow(/texts\[1\] must be a string, not 5/);
    // @ts-expect-error: not an array
    expect(() => characterTokenizer(undefined)).toThrow(TypeError);
  });
});
