import {
  chat,
  chatStream,
  complete,
  encoderDecoder,
  type GenerateOptions,
  generate,
  generateStream,
  gpt,
  KeyValueCache,
  PrefixCache,
  regex,
  stream,
  summarize,
  translate,
} from "transformer-blocks";
import { characterTokenizer } from "transformer-blocks/tokenizer";
import { describe, expect, it } from "vitest";

const tokenizer = characterTokenizer(["abcdefgh"]);
const { vocabSize } = tokenizer;
const sizes = { vocabSize, contextLength: 12, dModel: 8, heads: 2, layers: 1 };
const model = gpt(sizes, { seed: 1 });
const other = gpt(sizes, { seed: 2 });
const translator = encoderDecoder({ ...sizes, startToken: 1 }, { seed: 1 });
const writer = { model, tokenizer };
const reader = { model: translator, tokenizer };
const template = "{{ messages[0].content }}";
const messages = (content: string) => [{ role: "user", content }];
const drained = async (pieces: AsyncIterable<unknown>) => {
  for await (const _ of pieces);
};

type Call = (options: GenerateOptions, text?: string) => Promise<unknown>;
const decoders: Record<string, Call> = {
  generate: (options, text = "ab") => generate(model, [tokenizer.encode(text).ids], options),
  generateStream: async (options, text = "ab") => drained(generateStream(model, [tokenizer.encode(text).ids], options)),
  complete: (options, text = "ab") => complete(writer, text, options),
  stream: async (options, text = "ab") => drained(stream(writer, text, options)),
  chat: (options, text = "ab") => chat(writer, messages(text), { ...options, template }),
  chatStream: async (options, text = "ab") => drained(chatStream(writer, messages(text), { ...options, template })),
};
const readers: Record<string, Call> = {
  translate: (options) => translate(reader, "ab", options),
  summarize: (options) => summarize(reader, "ab", options),
};

const usedCache = async () => {
  const cache = new PrefixCache();
  await generate(other, [[1, 2]], { maxNewTokens: 1, cache });
  return cache;
};
const faults: Record<string, () => GenerateOptions | Promise<GenerateOptions>> = {
  "lengths that contradict each other": () => ({ minNewTokens: 5, maxNewTokens: 2 }),
  "two searches at once": () => ({ promptLookup: { tokens: 2 }, beams: 2 }),
  "contrastive search without topK": () => ({ penaltyAlpha: 0.5 }),
  "a token that is forced and suppressed": () => ({ forcedEndToken: 2, suppressTokens: [2] }),
  "a draft of another vocabulary": () => ({
    draft: { model: gpt({ ...sizes, vocabSize: 3 }, { seed: 1 }), tokens: 2 },
  }),
  "a draft that is no model": () => ({ draft: { model: {} as never, tokens: 2 } }),
  "no token that is left": () => ({ suppressTokens: Array.from({ length: vocabSize }, (_, id) => id) }),
  "a processor that returns something else": () => ({ processors: [() => [] as never] }),
  "a constraint that gives something else": () => ({ constraint: () => 3 as never }),
  "a constraint that needs more room": () => ({ constraint: regex("[a-h]{9}"), maxNewTokens: 3 }),
  "a token outside the vocabulary": () => ({ suppressTokens: [99] }),
};
const ofDecoders: typeof faults = {
  "a PrefixCache of another model": async () => ({ cache: await usedCache() }),
  "a cache without room": () => ({ cache: new KeyValueCache({ capacity: 2 }), maxNewTokens: 8 }),
  "a decoder prompt": () => ({ decoderPrompt: [1] }),
};

describe("an error names the function that was called", () => {
  it.each(Object.entries(decoders))("%s", async (name, call) => {
    const said: Record<string, string> = {};
    for (const [fault, options] of Object.entries({ ...faults, ...ofDecoders })) {
      // Outside of tasks a constraint needs its tokenizer, which is another error of the same function.
      const error = await call(await options()).then(() => "nothing", String);
      if (!new RegExp(`^(Type|Range|Shape)Error: ${name}: `).test(error)) said[fault] = error;
    }
    for (const text of ["", "abcabcabcabcabc"]) {
      const error = await call({}, text).then(() => "nothing", String);
      if (!error.startsWith(`RangeError: ${name}: `)) said[`a prompt of ${text.length}`] = error;
    }
    expect(said).toEqual({});
  });

  it.each(Object.entries(readers))("%s", async (name, call) => {
    const said: Record<string, string> = {};
    for (const [fault, options] of Object.entries(faults)) {
      const error = await call(await options()).then(() => "nothing", String);
      if (!new RegExp(`^(Type|Range|Shape)Error: ${name}: `).test(error)) said[fault] = error;
    }
    expect(said).toEqual({});
  });
});
