import fc from "fast-check";
import { characterTokenizer, type Tokenizer, tokenizerFromJson } from "transformer-blocks/tokenizer";
import { describe, expect, it } from "vitest";
import { DECODING_KINDS, type DecodingCase, type Fixture, fixture } from "../fixtures";

const all = DECODING_KINDS.flatMap((kind) => fixture<Fixture<DecodingCase>[]>(kind));

/** Tokens with bytes of their own, behind others and at the start. */
const plainIds = (tokenizer: Tokenizer): number[] =>
  Array.from({ length: 100 }, (_, id) => id).filter(
    (id) => tokenizer.tokenBytes(id) && tokenizer.tokenBytes(id, { first: true }),
  );

const joined = (tokenizer: Tokenizer, ids: readonly number[]): Uint8Array =>
  Uint8Array.from(ids.flatMap((id, at) => [...tokenizer.tokenBytes(id, { first: at === 0 })!]));

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

describe("the bytes of tokens, joined, are the decoded text", () => {
  it.each(all.map(({ name, json }) => ({ name, json })))("with the decoder $name", ({ json }) => {
    const tokenizer = tokenizerFromJson(json);
    const plain = plainIds(tokenizer);
    if (plain.length === 0) return;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...plain), { minLength: 1, maxLength: 6 }), (ids) => {
        const text = textOf(joined(tokenizer, ids));
        // What ends within a character has no text yet, and an empty start leaves it to the decoder what comes first.
        if (text === undefined || tokenizer.tokenBytes(ids[0]!, { first: true })!.length === 0) return;
        expect(tokenizer.decode(ids, { cleanUpSpaces: false })).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it("covers most tokens of most decoders", () => {
    const shares = all.map(({ json }) => plainIds(tokenizerFromJson(json)).length);
    expect(shares.filter((count) => count > 30).length).toBeGreaterThan(shares.length / 2);
  });

  it("needs no word in the vocabulary", () => {
    const tokenizer = characterTokenizer(["(é)"]);
    const { ids } = tokenizer.encode("(é)");
    expect(textOf(joined(tokenizer, ids))).toBe("(é)");
  });

  it("leaves out special tokens and ids without a token", () => {
    const tokenizer = tokenizerFromJson(all[0]!.json);
    expect(tokenizer.tokenBytes(tokenizer.tokenToId("<s>")!)).toBeUndefined();
    expect(tokenizer.tokenBytes(10_000)).toBeUndefined();
    expect(tokenizer.tokenBytes(-1)).toBeUndefined();
  });
});
