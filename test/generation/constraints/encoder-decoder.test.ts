import { encoderDecoder, type GenerateOptions, generate, generateStream } from "transformer-blocks";
import { choices, grammar, jsonSchema, regex, type TextConstraint } from "transformer-blocks/generation";
import { characterTokenizer } from "transformer-blocks/tokenizer";
import { describe, expect, it } from "vitest";

const tokenizer = characterTokenizer(['{}[]":, abcdefghijklmnopqrstuvwxyz0123456789-'], {
  specialTokens: ["<start>", "<end>", "<language>"],
});
const idOf = (token: string): number => tokenizer.tokenToId(token)!;
const [startToken, endToken, language] = ["<start>", "<end>", "<language>"].map(idOf) as [number, number, number];
const sizes = { vocabSize: tokenizer.vocabSize, contextLength: 96, dModel: 16, heads: 2, layers: 1 };
const translator = encoderDecoder({ ...sizes, startToken, endTokens: [endToken], initialDeviation: 0.5 }, { seed: 4 });
const sources = ["the cat", "a dog and a cat", "on"].map((text) => tokenizer.encode(text).ids);

const promises: readonly { title: string; constraint: TextConstraint; holds: (text: string) => boolean }[] = [
  {
    title: "a schema",
    constraint: jsonSchema(
      { type: "object", properties: { age: { type: "integer", minimum: 3, maximum: 120 } }, required: ["age"] },
      tokenizer,
    ),
    holds: (text) => JSON.parse(text).age >= 3 && JSON.parse(text).age <= 120,
  },
  {
    title: "a pattern",
    constraint: regex("[a-c]{2,4}-\\d+", tokenizer),
    holds: (text) => /^[a-c]{2,4}-\d+$/.test(text),
  },
  { title: "choices", constraint: choices(["yes", "no"], tokenizer), holds: (text) => ["yes", "no"].includes(text) },
  {
    title: "a grammar",
    constraint: grammar('root ::= "[" (root ("," root)*)? "]"', tokenizer),
    holds: (text) => Array.isArray(JSON.parse(text)),
  },
];

const searches: readonly [string, GenerateOptions][] = [
  ["greedily", {}],
  ["sampling", { temperature: 2, seed: 3 }],
  ["with beams", { beams: 3 }],
  ["with drawn beams", { beams: 2, temperature: 1.5, seed: 1 }],
  ["in contrastive search", { penaltyAlpha: 0.6, topK: 3 }],
  ["without a cache", { cache: false }],
  ["with guidance", { guidance: { scale: 2 } }],
];

describe.each(promises)("$title constrains the targets of an encoder-decoder", ({ constraint, holds }) => {
  it.each(searches)("%s", async (_, search) => {
    const options = { constraint, maxNewTokens: 24, ...search };
    const { sequences } = await generate(translator, sources, options);
    expect(sequences).toHaveLength(3);
    for (const target of sequences) {
      expect(target[0]).toBe(startToken);
      expect(tokenizer.decode(target)).toSatisfy(holds);
    }
  });

  it("after the start token, a decoder's prompt and a forced first token, which are no part of the text", async () => {
    const prompted = { constraint, maxNewTokens: 24, decoderPrompt: [[language], [language], [language]] };
    for (const target of (await generate(translator, sources, prompted)).sequences) {
      expect(target.slice(0, 2)).toEqual([startToken, language]);
      expect(tokenizer.decode(target.slice(2))).toSatisfy(holds);
    }
    const forced = { constraint, maxNewTokens: 24, forcedStartToken: language };
    for (const target of (await generate(translator, sources, forced)).sequences) {
      expect(target.slice(0, 2)).toEqual([startToken, language]);
      expect(tokenizer.decode(target.slice(2))).toSatisfy(holds);
    }
  });

  it("in a stream, one token at a time", async () => {
    const rows = sources.map((): number[] => []);
    for await (const { row, id } of generateStream(translator, sources, { constraint, maxNewTokens: 24, seed: 2 }))
      rows[row]!.push(id);
    for (const row of rows) expect(tokenizer.decode(row)).toSatisfy(holds);
  });

  it("gives each row what it gives alone", async () => {
    const options = { constraint, maxNewTokens: 24, seed: 5 };
    const { sequences } = await generate(translator, sources.slice(0, 1), options);
    expect((await generate(translator, sources, options)).sequences[0]).toEqual(sequences[0]);
  });
});
