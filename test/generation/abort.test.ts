import { describe, expect, it } from "vitest";
import { generate, generateStream } from "../../src/generation";
import { gpt } from "../../src/models";

const model = gpt({ vocabSize: 9, contextLength: 400, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
const reason = new Error("the reader has left");

describe("an abort signal", () => {
  it("stops at the next token, with its reason, and the model goes on as before", async () => {
    const before = await generate(model, [[1, 2]], { maxNewTokens: 8 });
    const controller = new AbortController();
    let tokens = 0;
    const onToken = () => {
      if (++tokens === 3) controller.abort(reason);
    };
    await expect(generate(model, [[1, 2]], { maxNewTokens: 8, onToken, signal: controller.signal })).rejects.toBe(
      reason,
    );
    expect(tokens).toBe(3);
    expect(await generate(model, [[1, 2]], { maxNewTokens: 8 })).toEqual(before);
  });

  it("that is aborted already lets nothing begin", async () => {
    let tokens = 0;
    const onToken = () => void tokens++;
    await expect(generate(model, [[1]], { onToken, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(tokens).toBe(0);
  });

  it("is heard from a timer: the event loop has its turn between tokens", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 5);
    await expect(generate(model, [[1]], { maxNewTokens: 399, signal: controller.signal })).rejects.toBe(reason);
  });

  it("is heard within a step of many rows", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 20);
    const slow = (scores: Float32Array) => {
      for (const start = performance.now(); performance.now() - start < 2; );
      return scores;
    };
    const rows = Array.from({ length: 200 }, () => [1]);
    const { signal } = controller;
    await expect(generate(model, rows, { maxNewTokens: 1, processors: [slow], signal })).rejects.toBe(reason);
  });

  it("stops a stream", async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const read = async () => {
      for await (const { id } of generateStream(model, [[1]], { signal: controller.signal })) {
        seen.push(id);
        if (seen.length === 2) controller.abort(reason);
      }
    };
    await expect(read()).rejects.toBe(reason);
    expect(seen).toHaveLength(2);
  });
});

describe("a reader who leaves the loop", () => {
  it("stops the work", async () => {
    let tokens = 0;
    for await (const _ of generateStream(model, [[1]], { onToken: () => void tokens++ })) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(tokens).toBe(1);
  });
});

describe("a callback that throws", () => {
  it("ends the call with its error", async () => {
    const onToken = () => {
      throw reason;
    };
    await expect(generate(model, [[1]], { onToken })).rejects.toBe(reason);
  });
});
