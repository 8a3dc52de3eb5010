import { describe, expect, it } from "vitest";
import { type Encoding, type Tokenizer, tokenizerFromJson, trainBpe } from "../../../src/tokenizer";
import {
  DECODING_KINDS,
  type DecodingCase,
  ENCODING_KINDS,
  type EncodingCase,
  type Fixture,
  fixture,
} from "../fixtures";

describe.each(ENCODING_KINDS)("%s equal the reference", (kind) => {
  for (const { name, json, cases } of fixture<Fixture<EncodingCase>[]>(kind)) {
    const tokenizer = tokenizerFromJson(json);
    const again = tokenizerFromJson(JSON.stringify(tokenizer.toJson()));
    it(name, () => {
      for (const expected of cases) {
        expectCase(tokenizer, expected);
        expect(encode(again, expected).ids).toEqual(expected.ids);
      }
      expect(again.toJson()).toEqual(tokenizer.toJson());
    });
  }
});

describe("truncation equals the reference", () => {
  for (const { name, json, cases } of fixture<Fixture<EncodingCase>[]>("truncation")) {
    it(name, () => {
      const tokenizer = tokenizerFromJson(json);
      for (const { overflow, overflowWords, overflowTypes, ...expected } of cases) {
        const encoding = tokenizer.encode(expected.text, { pair: expected.pair, truncation: true });
        expectEncoding(encoding, expected);
        expect((encoding.overflow ?? []).map(({ ids }) => ids)).toEqual(overflow);
        expect((encoding.overflow ?? []).map(({ words }) => words)).toEqual(overflowWords);
        expect((encoding.overflow ?? []).map(({ types }) => types)).toEqual(overflowTypes);
      }
    });
  }
});

describe.each(DECODING_KINDS)("%s equal the reference", (kind) => {
  for (const { name, json, cases } of fixture<Fixture<DecodingCase>[]>(kind)) {
    const tokenizer = tokenizerFromJson(json);
    it(name, () => {
      for (const { ids, decoded, decodedWithSpecial } of cases) {
        expect(tokenizer.decode(ids)).toBe(decoded);
        expect(tokenizer.decode(ids, { skipSpecial: false })).toBe(decodedWithSpecial);
      }
    });

    it(`${name}, id by id`, () => {
      for (const { ids, decoded, decodedWithSpecial } of cases) {
        expect(streamed(tokenizer, ids, true)).toBe(decoded);
        expect(streamed(tokenizer, ids, false)).toBe(decodedWithSpecial);
      }
      const all = cases.flatMap(({ ids }) => ids);
      expect(streamed(tokenizer, all, false)).toBe(tokenizer.decode(all, { skipSpecial: false }));
    });
  }
});

describe("training equals the reference", () => {
  interface Training {
    name: string;
    options: { vocabSize: number };
    model: { vocab: Record<string, number>; merges: [string, string][] };
  }
  const { texts, trainings } = fixture<{ texts: string[]; trainings: Training[] }>("training/merges");
  it.each(trainings)("$name", ({ options, model }) => {
    const trained = trainBpe(texts, options).toJson().model as Training["model"];
    expect(trained.merges).toEqual(model.merges);
    expect({ ...trained.vocab }).toEqual(model.vocab);
  });
});

it("ten thousand equal letters are cut as by the reference", () => {
  const { json, runs } = fixture<{ json: object; runs: [number, number][] }>("long");
  const encoding = tokenizerFromJson(json).encode("a".repeat(10_000));
  expect(encoding.ids).toEqual(runs.flatMap(([id, count]) => new Array<number>(count).fill(id)));
  expect(encoding.offsets.at(-1)?.[1]).toBe(10_000);
});

function streamed(tokenizer: Tokenizer, ids: number[], skipSpecial: boolean): string {
  const stream = tokenizer.decodeStream({ skipSpecial });
  return ids.map((id) => stream.push(id)).join("") + stream.end();
}

function encode(tokenizer: Tokenizer, { text, pair, addSpecial }: EncodingCase): Encoding {
  return tokenizer.encode(text, { pair, special: addSpecial });
}

function expectCase(tokenizer: Tokenizer, expected: EncodingCase): void {
  const { ids, decoded, decodedWithSpecial } = expected;
  expectEncoding(encode(tokenizer, expected), expected);
  if (decoded !== undefined) expect(tokenizer.decode(ids)).toBe(decoded);
  if (decodedWithSpecial !== undefined) expect(tokenizer.decode(ids, { skipSpecial: false })).toBe(decodedWithSpecial);
}

function expectEncoding(encoding: Encoding, expected: EncodingCase): void {
  const where = JSON.stringify([expected.text, expected.pair]);
  expect(encoding.ids, where).toEqual(expected.ids);
  expect(encoding.offsets, where).toEqual(expected.offsets);
  for (const field of ["tokens", "types", "special", "words"] as const) {
    if (expected[field] !== undefined) expect(encoding[field], where).toEqual(expected[field]);
  }
}
