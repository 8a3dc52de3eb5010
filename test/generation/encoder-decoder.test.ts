import { describe, expect, it, vi } from "vitest";
import { Linear } from "../../src/blocks";
import { generate } from "../../src/generation";
import { encoderDecoder } from "../../src/models";

const config = {
  vocabSize: 12,
  contextLength: 16,
  dModel: 8,
  heads: 2,
  layers: 2,
  startToken: 2,
  initialDeviation: 0.5,
};
const translator = encoderDecoder(config, { seed: 2 });
const source = [[3, 4, 5, 6]];

describe("an encoder-decoder", () => {
  it.each([true, false])("encodes once and decodes step by step, cache %s", async (cache) => {
    const encode = vi.spyOn(translator.encoder, "hidden");
    const decode = vi.spyOn(translator.decoder, "hidden");
    await generate(translator, source, { maxNewTokens: 7, cache });
    expect(encode).toHaveBeenCalledTimes(1);
    expect(decode).toHaveBeenCalledTimes(7);
    const lengths = decode.mock.calls.map(([ids]) => ids[0]!.length);
    expect(lengths).toEqual(cache ? [1, 1, 1, 1, 1, 1, 1] : [1, 2, 3, 4, 5, 6, 7]);
    vi.restoreAllMocks();
  });

  it("projects the memory to keys and values once, with the cache", async () => {
    const key = vi.spyOn(translator.find("decoder.blocks.0.crossAttention.key", Linear), "forward");
    await generate(translator, source, { maxNewTokens: 7 });
    expect(key).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
  });

  it("starts with its start token, and takes the best of its own logits", async () => {
    const { sequences } = await generate(translator, source, { maxNewTokens: 6 });
    const [target] = sequences;
    expect(target![0]).toBe(2);
    const logits = translator.forward(source, [target!.slice(0, -1)]);
    target!.slice(1).forEach((id, step) => {
      const row = [...logits.data.subarray(step * 12, (step + 1) * 12)];
      expect(id).toBe(row.indexOf(Math.max(...row)));
    });
  });

  it("does not see padding of the source", async () => {
    const options = { maxNewTokens: 6, outputScores: true };
    const alone = await generate(translator, source, options);
    const ids = [
      [3, 4, 5, 6, 0, 0],
      [3, 4, 5, 6, 9, 8],
    ];
    const mask = [
      [1, 1, 1, 1, 0, 0],
      [1, 1, 1, 1, 0, 0],
    ];
    const { sequences, scores } = await generate(translator, ids, { ...options, mask });
    expect(sequences).toEqual([alone.sequences[0], alone.sequences[0]]);
    for (const padded of scores!)
      for (const [i, score] of padded.data.entries())
        expect(Math.abs(score - alone.scores![0]!.data[i]!)).toBeLessThan(1e-5);
  });

  it("says that a start token is missing", async () => {
    const { startToken, ...rest } = config;
    await expect(generate(encoderDecoder(rest, { seed: 1 }), source)).rejects.toThrow(/config\.startToken is missing/);
  });
});
