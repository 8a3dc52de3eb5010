import { describe, expect, it } from "vitest";
import * as tokenizers from "../../../src/tokenizer";
import { type TokenizerComponent, tokenizerLoader } from "../../../src/tokenizer";
import {
  DECODING_KINDS,
  type DecodingCase,
  ENCODING_KINDS,
  type EncodingCase,
  type Fixture,
  fixture,
} from "../fixtures";

const components = Object.entries(tokenizers).filter(
  (entry): entry is [string, TokenizerComponent] => typeof entry[1] === "object",
);

/** The types that a file names, and `Regex` where it has one. */
function typesIn(value: unknown, types = new Set<unknown>()): Set<unknown> {
  if (typeof value !== "object" || value === null) return types;
  for (const [name, part] of Object.entries(value)) {
    if (name === "type") types.add(part);
    else if (name === "Regex") types.add(name);
    else if (name !== "vocab" && name !== "merges") typesIn(part, types);
  }
  return types;
}

const given = (json: object): TokenizerComponent[] => {
  const types = typesIn(json);
  return components.map(([, component]) => component).filter(({ type }) => types.has(type));
};

describe("the components that a file's types name are enough", () => {
  it.each(ENCODING_KINDS)("to encode %s", (kind) => {
    for (const { json, cases } of fixture<Fixture<EncodingCase>[]>(kind)) {
      const tokenizer = tokenizerLoader(given(json))(json);
      for (const { text, pair, addSpecial: special, ids } of cases) {
        expect(tokenizer.encode(text, { pair, special }).ids).toEqual(ids);
      }
    }
  });

  it.each(DECODING_KINDS)("to decode with %s", (kind) => {
    for (const { json, cases } of fixture<Fixture<DecodingCase>[]>(kind)) {
      const tokenizer = tokenizerLoader(given(json))(json);
      for (const { ids, decoded } of cases) expect(tokenizer.decode(ids)).toBe(decoded);
    }
  });
});

describe("without its component", () => {
  const model = { type: "BPE", vocab: { a: 0 }, merges: [] };
  const regex = { type: "Split", pattern: { Regex: "a+" } };

  it.each(components.filter(([name]) => name !== "truncation"))(
    "a file that needs %s is refused, and the error says to add it",
    (name, component) => {
      const field = Object.keys(component).find((key) => key !== "type")!;
      const part = field === "pattern" ? { pre_tokenizer: regex } : { [field]: { type: component.type } };
      const load = tokenizerLoader(components.map(([, other]) => other).filter((other) => other !== component));
      const message = messageOf(() => load({ model, ...part }));
      expect(message).toContain(`found "${component.type}"`);
      expect(message).toContain(`if this library has ${component.type}, add ${name} or use tokenizerFromJson`);
    },
  );

  it("truncation, nothing is cut", () => {
    const parts = [tokenizers.bpe, tokenizers.byteLevel];
    const json = { model };
    const options = { maxLength: 1, truncation: true };
    expect(tokenizerLoader([...parts, tokenizers.truncation])(json).encode("aa", options).ids).toEqual([0]);
    expect(messageOf(() => tokenizerLoader(parts)(json).encode("aa", options))).toContain(
      "add the component truncation",
    );
    expect(() => tokenizerLoader(parts)(json).encode("aa", { maxLength: 1 })).toThrow(RangeError);
    expect(tokenizerLoader(parts)(json).encode("aa", { maxLength: 2 }).ids).toEqual([0, 0]);
  });

  it("what is there is listed", () => {
    const load = tokenizerLoader([tokenizers.bpe, tokenizers.wordLevel, tokenizers.byteLevel]);
    expect(messageOf(() => load({ model: { type: "Unigram", vocab: [] } }))).toBe(
      'tokenizer.json: model.type: found "Unigram", expected a model passed to tokenizerLoader: BPE, WordLevel; if this library has Unigram, add unigram or use tokenizerFromJson',
    );
  });

  it("a list without any component for a place is said to have none", () => {
    expect(messageOf(() => tokenizerLoader([])({ model }))).toBe(
      `tokenizer.json: model.type: found "${model.type}", expected a model, but none was passed to tokenizerLoader; if this library has BPE, add bpe or use tokenizerFromJson`,
    );
  });

  it("a component in a place that it cannot have is not advised", () => {
    const load = tokenizerLoader([tokenizers.bpe, tokenizers.byteLevel, tokenizers.nfc]);
    expect(messageOf(() => load({ model, pre_tokenizer: { type: "NFC" } }))).toBe(
      'tokenizer.json: pre_tokenizer.type: found "NFC", which is a normalizer, expected a pre_tokenizer passed to tokenizerLoader: ByteLevel',
    );
  });
});

function messageOf(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}
