import { generate, generateStream, gpt } from "transformer-blocks";
import {
  choices,
  type GenerateOptions,
  grammar,
  jsonSchema,
  regex,
  type TextConstraint,
} from "transformer-blocks/generation";
import { complete } from "transformer-blocks/tasks";
import {
  characterTokenizer,
  type Tokenizer,
  trainBpe,
  trainUnigram,
  trainWordPiece,
} from "transformer-blocks/tokenizer";
import { describe, expect, it } from "vitest";
import { drawText, listOf } from "./tools";

const letters = 'abcdefghijklmnopqrstuvwxyzé0123456789 {}[]":,.-+eE\\';
const texts = ['{"name": "abc", "age": 12}', "the cat sat on the mat", "true or false, yes or no", letters];
const tokenizers: Readonly<Record<string, () => Tokenizer>> = {
  "byte-level BPE": () => trainBpe(texts, { vocabSize: 330, specialTokens: ["<end>"] }),
  Unigram: () =>
    trainUnigram([...texts, ...letters, ...[...letters].map((letter) => `a${letter}`)], { vocabSize: 140 }),
  WordPiece: () => trainWordPiece([...texts, ...[...letters].map((letter) => `a${letter}`)], { vocabSize: 200 }),
  characters: () => characterTokenizer(texts, { specialTokens: ["<end>"] }),
};

const modelOf = (tokenizer: Tokenizer, seed: number, endTokens: number[] = []) =>
  gpt({ vocabSize: tokenizer.vocabSize, contextLength: 200, dModel: 8, heads: 2, layers: 1, endTokens }, { seed });

const person = {
  type: "object",
  properties: { name: { type: "string", maxLength: 5 }, age: { type: "integer", minimum: 3, maximum: 120 } },
  required: ["name", "age"],
};
const isPerson = (text: string): boolean => {
  const { name, age } = JSON.parse(text);
  return [...name].length <= 5 && age >= 3 && age <= 120;
};

/** What each constraint promises of a text. */
const promises: {
  title: string;
  of: (tokenizer: Tokenizer) => TextConstraint;
  holds: (text: string) => boolean;
  words?: true;
}[] = [
  { title: "a schema", of: (tokenizer) => jsonSchema(person, tokenizer, { whitespace: "none" }), holds: isPerson },
  {
    title: "a pattern",
    of: (tokenizer) => regex("[a-c]{2,4}-\\d+", tokenizer),
    holds: (text) => /^[a-c]{2,4}-\d+$/.test(text),
  },
  {
    title: "words",
    words: true,
    of: (tokenizer) => regex("(?:the|cat|sat|on)(?: (?:the|cat|mat|abc)){2,3}", tokenizer),
    holds: (text) => /^(?:the|cat|sat|on)(?: (?:the|cat|mat|abc)){2,3}$/.test(text),
  },
  {
    title: "choices",
    words: true,
    of: (tokenizer) => choices(["yes", "no", "false"], tokenizer),
    holds: (text) => ["yes", "no", "false"].includes(text),
  },
  {
    title: "a grammar",
    of: (tokenizer) => grammar('root ::= "[" (root ("," root)*)? "]"', tokenizer),
    holds: (text) => Array.isArray(JSON.parse(text)),
  },
];

/** WordPiece writes a space before punctuation, which these promises do not allow. */
const promisesFor = (kind: string) => (kind === "WordPiece" ? promises.filter(({ words }) => words) : promises);

describe.each(Object.entries(tokenizers))("a constraint on a model with a %s vocabulary", (kind, make) => {
  const tokenizer = make();
  const [prompt] = tokenizer.encode("a").ids as [number];
  const strategies: GenerateOptions[] = [
    {},
    { seed: 7 },
    { beams: 3, endTokens: [0] },
    { seed: 1, topK: 2, repetitionPenalty: 1.5 },
  ];

  it.each(promisesFor(kind))(
    "keeps $title with greedy search, sampling and beams, in every row of a batch",
    async ({ of, holds }) => {
      const constraint = of(tokenizer);
      for (const [seed, options] of strategies.entries()) {
        const model = modelOf(tokenizer, seed);
        const ids = [[prompt], [prompt, prompt], [prompt, prompt, prompt]];
        const { sequences } = await generate(model, ids, { ...options, constraint, maxNewTokens: 60 });
        for (const [row, sequence] of sequences.entries()) {
          const written = sequence.slice(ids[row]!.length).filter((id) => !options.endTokens?.includes(id));
          expect(tokenizer.decode(written)).toSatisfy(holds);
        }
      }
    },
  );

  it.each(promisesFor(kind))("keeps $title whatever tokens are drawn", ({ of, holds }) => {
    const constraint = of(tokenizer);
    for (let seed = 0; seed < 15; seed++) {
      const { ids } = drawText(constraint, tokenizer, seed);
      expect(tokenizer.decode(ids)).toSatisfy(holds);
    }
  });
});

describe("a constraint in the loop", () => {
  const tokenizer = characterTokenizer(texts, { specialTokens: ["<end>"] });
  const end = tokenizer.tokenToId("<end>")!;
  const [a, b] = tokenizer.encode("ab").ids as [number, number];
  const textOf = (ids: readonly number[]) => tokenizer.decode(ids.slice(1));
  const first = async (options: GenerateOptions, endTokens: number[] = []) => {
    const { sequences, ends } = await generate(modelOf(tokenizer, 1, endTokens), [[a]], options);
    return { text: textOf(sequences[0]!), end: ends[0], ids: sequences[0]! };
  };

  it("allows end tokens exactly where the text is complete, and ends with one", async () => {
    const constraint = regex("abc", tokenizer);
    const { ids, end: reason, text } = await first({ constraint, maxNewTokens: 30 }, [end]);
    expect([text, ids.at(-1), reason]).toEqual(["abc", end, "endToken"]);
    const { scores } = await generate(modelOf(tokenizer, 1, [end]), [[a]], { constraint, outputScores: true });
    const allowed = (scores![0]!.toArray() as number[][]).map((row) =>
      row.flatMap((score, id) => (score > -Infinity ? [id] : [])),
    );
    expect(allowed).toEqual([[a], [b], [tokenizer.tokenToId("c")], [end]]);
  });

  it("ends a row of a model without end tokens where nothing can follow, and no other row", async () => {
    const { text, end: reason } = await first({ constraint: regex("abc", tokenizer), maxNewTokens: 30 });
    expect([text, reason]).toEqual(["abc", "constraint"]);
    const rows = Array.from({ length: 20 }, () => [a]);
    const options = { constraint: regex("a{3}|b{6}", tokenizer), maxNewTokens: 30, seed: 2 };
    const { sequences, ends } = await generate(modelOf(tokenizer, 1), rows, options);
    expect(new Set(sequences.map(textOf))).toEqual(new Set(["aaa", "bbbbbb"]));
    expect(new Set(ends)).toEqual(new Set(["constraint"]));
  });

  it.each([14, 20, 27])(
    "finishes the text within maxNewTokens %i, however much the model would like to write",
    async (maxNewTokens) => {
      const constraint = jsonSchema({ type: "array", items: { type: "string" } }, tokenizer);
      for (let seed = 0; seed < 10; seed++) {
        const { text } = await first({ constraint, maxNewTokens, seed });
        expect(JSON.parse(text)).toBeInstanceOf(Array);
      }
    },
  );

  it("refuses a limit that is too small for any text, before the first token", async () => {
    await expect(first({ constraint: regex("a{9}", tokenizer), maxNewTokens: 8 })).rejects.toThrow(
      new RangeError("generate: no text that meets the constraint was found within 8 new tokens; raise maxNewTokens"),
    );
  });

  it("asks for the tokenizer where it is not known, and for an end token where beams need one", async () => {
    await expect(first({ constraint: regex("a") })).rejects.toThrow(TypeError);
    await expect(first({ constraint: regex("a") })).rejects.toThrow(
      /generate: constraint does not know the vocabulary; pass the tokenizer/,
    );
    await expect(first({ constraint: regex("a", tokenizer), beams: 2 })).rejects.toThrow(/need an end token/);
  });

  it("as a function, gets the tokens generated so far and allows what it gives", async () => {
    const seen: number[][] = [];
    const constraint = (ids: readonly number[]) => {
      seen.push([...ids]);
      return ids.length < 2 ? [b] : [a];
    };
    const { ids } = await first({ constraint, maxNewTokens: 3 });
    expect([ids, seen]).toEqual([
      [a, b, b, a],
      [[], [b], [b, b]],
    ]);
    await expect(first({ constraint: () => [tokenizer.vocabSize] })).rejects.toThrow(
      /gave \d+ in place 0, which is not a token/,
    );
    await expect(first({ constraint: (() => "a") as never })).rejects.toThrow(TypeError);
  });

  it("is the same whether tokens are streamed or not, and with a cache or without", async () => {
    const constraint = regex("[a-z]{3,9}", tokenizer);
    const options = { constraint, seed: 3, maxNewTokens: 12 };
    const { ids } = await first(options);
    const streamed: number[] = [a];
    for await (const { id } of generateStream(modelOf(tokenizer, 1), [[a]], options)) streamed.push(id);
    expect(streamed).toEqual(ids);
    expect((await first({ ...options, cache: false })).ids).toEqual(ids);
  });

  it("never changes a state, so that rows and beams can share it", () => {
    const start = regex("a[bc]", tokenizer).start();
    const next = start.after(a);
    expect([listOf(start.allowed), listOf(next.allowed).length, next.after(b).isComplete]).toEqual([[a], 2, true]);
    expect(listOf(start.allowed)).toEqual([a]);
    expect(() => start.after(b)).toThrow(`regex: token ${b} is not allowed here`);
  });

  it("is bound to their tokenizer by tasks", async () => {
    const pretrained = { model: modelOf(tokenizer, 2, [end]), tokenizer, config: {} };
    const options = { constraint: regex("[a-f]{2}é"), maxNewTokens: 9 };
    expect(await complete(pretrained as never, "the cat", options)).toMatch(/^[a-f]{2}é$/);
  });
});
