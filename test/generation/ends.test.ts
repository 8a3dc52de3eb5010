import { describe, expect, it } from "vitest";
import { type GenerateOptions, generate, generateStream, type NewToken } from "../../src/generation";
import { encoderDecoder, gpt } from "../../src/models";

const config = { vocabSize: 11, contextLength: 12, dModel: 8, heads: 2, layers: 2, initialDeviation: 0.6 };
const model = gpt(config, { seed: 3 });
const translator = encoderDecoder({ ...config, startToken: 1 }, { seed: 2 });
const prompts = [[1, 2, 3, 4, 5, 6, 7, 8], [9], [4, 4, 4]];

async function streamed(options: GenerateOptions, ids = prompts): Promise<NewToken[]> {
  const tokens: NewToken[] = [];
  for await (const token of generateStream(model, ids, options)) tokens.push(token);
  return tokens;
}

describe("why a row ends", () => {
  it("is its end token, its limit or the full context, each row for itself", async () => {
    const free = await generate(model, prompts, { endTokens: [], maxNewTokens: 9 });
    const { sequences, ends } = free;
    expect(ends).toEqual(["context", "length", "length"]);
    expect(sequences.map(({ length }) => length)).toEqual([12, 10, 12]);
    const third = sequences[1]![3]!;
    const ended = await generate(model, prompts, { endTokens: [third], maxNewTokens: 9 });
    sequences.forEach((row, r) => {
      const start = prompts[r]!.length;
      const at = row.indexOf(third, start);
      expect(ended.sequences[r]).toEqual(at < 0 ? row : row.slice(0, at + 1));
      expect(ended.ends[r]).toBe(at < 0 ? ends[r] : "endToken");
    });
    expect(ended.ends).toContain("endToken");
  });

  it("is the limit where the limit and the context meet", async () => {
    expect((await generate(model, [[1, 2]], { endTokens: [], maxNewTokens: 10 })).ends).toEqual(["length"]);
    expect((await generate(model, [[1, 2]], { endTokens: [], maxNewTokens: 11 })).ends).toEqual(["context"]);
    expect((await generate(model, [[1, 2]], { endTokens: [] })).ends).toEqual(["context"]);
    expect((await generate(model, [[1, 2]], { maxNewTokens: 0 })).ends).toEqual(["length"]);
  });

  it("comes with the last token of the row in a stream, and with no other", async () => {
    const { ends } = await generate(model, prompts, { endTokens: [], maxNewTokens: 9 });
    const tokens = await streamed({ endTokens: [], maxNewTokens: 9 });
    prompts.forEach((_, row) => {
      const own = tokens.filter((token) => token.row === row);
      expect(own.map(({ end }) => end)).toEqual([...own.slice(1).map(() => undefined), ends[row]]);
      expect("end" in own[0]!).toBe(false);
    });
  });

  it("is the context of a target too", async () => {
    const { sequences, ends } = await generate(translator, [[3, 4]], { maxNewTokens: 99, endTokens: [] });
    expect(sequences[0]).toHaveLength(12);
    expect(ends).toEqual(["context"]);
  });
});

describe("a row that reaches the end of the context leaves the others alone", () => {
  it.each([true, false])("which go on to the end of theirs, cache %s", async (cache) => {
    const options = { maxNewTokens: 99, endTokens: [], cache };
    const { sequences } = await generate(model, prompts, options);
    for (const [row, prompt] of prompts.entries()) {
      expect(sequences[row]).toHaveLength(12);
      expect([sequences[row]]).toEqual((await generate(model, [prompt], options)).sequences);
    }
  });
});

describe("lengths", () => {
  it("count the prompt of each row, without its padding, or new tokens alone", async () => {
    const lengths = async (options: GenerateOptions) =>
      (await generate(model, prompts, { endTokens: [], ...options })).sequences.map(({ length }) => length);
    expect(await lengths({ maxLength: 10 })).toEqual([10, 10, 10]);
    expect(await lengths({ maxNewTokens: 2 })).toEqual([10, 3, 5]);
    expect(await lengths({ maxNewTokens: 2, maxLength: 11 })).toEqual([10, 3, 5]);
    const { sequences } = await generate(translator, [[3, 4, 5, 6]], { maxLength: 5, endTokens: [] });
    expect(sequences[0]).toHaveLength(5);
  });

  it("at least are met by every row", async () => {
    const free = await generate(model, prompts, { endTokens: [], maxNewTokens: 4 });
    const endTokens = free.sequences.map((row, r) => row[prompts[r]!.length]!);
    const lengths = async (options: GenerateOptions) =>
      (await generate(model, prompts, { endTokens, ...options })).sequences.map(({ length }) => length);
    expect(await lengths({})).toEqual([9, 2, 4]);
    for (const length of await lengths({ minLength: 10 })) expect(length).toBeGreaterThanOrEqual(10);
    (await lengths({ minNewTokens: 3 })).forEach((length, row) => {
      expect(length).toBeGreaterThanOrEqual(prompts[row]!.length + 3);
    });
  });
});
