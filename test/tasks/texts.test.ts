import { describe, expect, it } from "vitest";
import { generate } from "../../src/generation";
import { DecoderModel, encoderDecoder, gpt } from "../../src/models";
import { complete, fillMask, type Loaded, stream, translate } from "../../src/tasks";
import { tokenizerFromJson, trainBpe } from "../../src/tokenizer";

const tokenizer = trainBpe(["the bear sees the boat — 🐻 naïve", "a boat on the river"], {
  vocabSize: 280,
  specialTokens: ["<|endoftext|>"],
});
const { vocabSize } = tokenizer;
const model = gpt({ vocabSize, contextLength: 64, dModel: 16, heads: 2, layers: 2 }, { seed: 3 });
const story: Loaded = { model, tokenizer, config: {} };

async function pieces(text: string, options: Parameters<typeof stream>[2]): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of stream(story, text, options)) all.push(piece);
  return all;
}

describe("complete and stream", () => {
  const options = { maxNewTokens: 40, temperature: 1, seed: 5 };

  it("give what the generated tokens say, whole characters at a time", async () => {
    const prompt = "the bear";
    const { ids } = tokenizer.encode(prompt);
    const { sequences } = await generate(model, [ids], options);
    const whole = tokenizer.decode(sequences[0]!).slice(prompt.length);
    const streamed = await pieces(prompt, options);
    expect(streamed.join("")).toBe(whole);
    expect(streamed.length).toBeGreaterThan(5);
    expect(await complete(story, prompt, options)).toBe(whole);
  });

  it("give nothing of the prompt, where the decoder holds text back", async () => {
    const cleaning = tokenizerFromJson(tokenizer.toJson(), { clean_up_tokenization_spaces: true });
    for (const prompt of ["the bear ", "the bear — 🐻", "the"]) {
      const { ids } = cleaning.encode(prompt);
      const { sequences } = await generate(model, [ids], options);
      const whole = cleaning.decode(sequences[0]!);
      const written = await complete({ ...story, tokenizer: cleaning }, prompt, options);
      expect(whole.endsWith(written)).toBe(true);
      expect(written.length).toBe(whole.length - cleaning.decode(ids).length);
    }
  });

  it("stop before a stop string", async () => {
    const whole = await complete(story, "the bear", options);
    const stop = whole.slice(7, 9);
    expect(await complete(story, "the bear", { ...options, stop: [stop] })).toBe(whole.slice(0, whole.indexOf(stop)));
  });

  it("leave out the token that ends the text", async () => {
    const { ids } = tokenizer.encode("the bear");
    const { sequences } = await generate(model, [ids], { maxNewTokens: 3 });
    const [first, second, third] = sequences[0]!.slice(ids.length) as [number, number, number];
    const endTokens = [third];
    const kept = [first, second].filter((id) => id !== third);
    const decoded = tokenizer.decode([...ids, ...kept]).slice("the bear".length);
    expect(await complete(story, "the bear", { maxNewTokens: 3, endTokens })).toBe(first === third ? "" : decoded);
  });

  it("refuse other models and what is no text", async () => {
    const translator = encoderDecoder({ vocabSize, contextLength: 8, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
    await expect(complete({ ...story, model: translator }, "the")).rejects.toThrow("use a decoder");
    await expect(complete(story, 7 as unknown as string)).rejects.toThrow("text must be a string");
    await expect(translate(story, "the")).rejects.toThrow("use an encoder-decoder");
    await expect(fillMask(story, "the")).rejects.toThrow("not an encoder");
    expect(story.model).toBeInstanceOf(DecoderModel);
  });
});

describe("translate", () => {
  it("gives the text of the generated target", async () => {
    const config = { vocabSize, contextLength: 12, dModel: 16, heads: 2, layers: 1, startToken: 0 };
    const translator = encoderDecoder(config, { seed: 2 });
    const { sequences } = await generate(translator, [tokenizer.encode("a boat").ids], { maxNewTokens: 11 });
    const text = await translate({ model: translator, tokenizer, config: {} }, "a boat");
    expect(text).toBe(tokenizer.decode(sequences[0]!));
    expect(text.length).toBeGreaterThan(0);
  });
});
