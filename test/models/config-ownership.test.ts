import { describe, expect, it } from "vitest";
import { bert, type EncoderHead, encoderDecoder, gpt } from "../../src/models";
import { flatConfigOf } from "../../src/models/internal";

const sizes = { vocabSize: 5, contextLength: 4, dModel: 8, heads: 2, layers: 1 };
const factories: Record<string, (more: object) => { config: object }> = {
  gpt: (more) => gpt({ ...sizes, ...more }),
  bert: (more) => bert({ ...sizes, ...more }),
  encoderDecoder: (more) => encoderDecoder({ ...sizes, ...more }),
};

describe.each(Object.entries(factories))("a model of %s", (name, make) => {
  it("keeps its end tokens when the caller's array changes", () => {
    const endTokens = [3, 4];
    const { config } = make({ endTokens });
    endTokens.push(99);
    expect(config).toMatchObject({ endTokens: [3, 4] });
  });

  it("has no end tokens if none are given", () => expect(make({}).config).not.toHaveProperty("endTokens"));

  it("has every special token inside its vocabulary, to the last", () => {
    const fields = {
      endTokens: [[4], [5], [0, 5]],
      padToken: [4, 5],
      ...(name === "encoderDecoder" && { startToken: [4, 5] }),
    };
    for (const [field, [inside, ...outside]] of Object.entries(fields)) {
      expect(make({ [field]: inside }).config).toMatchObject({ [field]: inside });
      for (const value of outside) {
        expect(() => make({ [field]: value })).toThrow(RangeError);
        expect(() => make({ [field]: value })).toThrow(`${field} has token 5, which is outside the vocabulary of 5`);
      }
    }
  });
});

it("an encoder keeps its head's settings when the caller's object changes", () => {
  const head: EncoderHead = { kind: "tokenClass", labels: 3 };
  const model = bert({ ...sizes, head });
  head.labels = 7;
  expect(flatConfigOf(model)?.config).toMatchObject({ head: { kind: "tokenClass", labels: 3 } });
});
