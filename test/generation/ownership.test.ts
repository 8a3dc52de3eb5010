import { describe, expect, it } from "vitest";
import { type GenerateOptions, generate, generateStream } from "../../src/generation";
import { gpt } from "../../src/models";

const model = gpt({ vocabSize: 9, contextLength: 24, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
const prompt = () => [[1, 2, 3]];
const greedy = await generate(model, prompt(), { maxNewTokens: 8 });
const [, , , first, second] = greedy.sequences[0]!;

/** Each option that is an array, what is done with it after the call, and what then would change. */
const lists: Record<string, { options: () => GenerateOptions; change: (options: GenerateOptions) => void }> = {
  suppressTokens: {
    options: () => ({ suppressTokens: [first!] }),
    change: ({ suppressTokens }) => void (suppressTokens as number[]).splice(0, 1, 0, 1, 2, 3, 4, 5, 6, 7),
  },
  beginSuppressTokens: {
    options: () => ({ beginSuppressTokens: [first!] }),
    change: ({ beginSuppressTokens }) => void (beginSuppressTokens as number[]).pop(),
  },
  badWords: {
    options: () => ({ badWords: [[first!]] }),
    change: ({ badWords }) => void (badWords as number[][])[0]!.splice(0, 1, 8),
  },
  endTokens: {
    options: () => ({ endTokens: [second!] }),
    change: ({ endTokens }) => void (endTokens as number[]).pop(),
  },
  mask: {
    options: () => ({ mask: [[0, 1, 1]] }),
    change: ({ mask }) => void (mask as number[][])[0]!.splice(0, 1, 1),
  },
};

describe("what the caller changes after the call changes no text, of", () => {
  it("ids", async () => {
    const ids = prompt();
    const tokens = generateStream(model, ids, { maxNewTokens: 4 });
    ids[0]!.push(8);
    ids.push([1]);
    const found: number[] = [];
    for await (const { id } of tokens) found.push(id);
    expect(found).toEqual(greedy.sequences[0]!.slice(3, 7));
  });

  it.each(Object.entries(lists))("%s", async (_, { options, change }) => {
    const run = async (then: (given: GenerateOptions) => void) => {
      const given = { maxNewTokens: 6, outputScores: false, ...options() };
      const tokens = generateStream(model, prompt(), given);
      then(given);
      const found: number[] = [];
      for await (const { id } of tokens) found.push(id);
      return found;
    };
    expect(await run(change)).toEqual(await run(() => {}));
  });
});
