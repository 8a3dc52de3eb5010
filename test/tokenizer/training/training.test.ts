import { describe, expect, it } from "vitest";
import { tokenizerFromJson, trainBpe, trainUnigram, trainWordPiece } from "../../../src/tokenizer";
import { roundedLog } from "../../../src/tokenizer/training/rounded-log";
import { fixture } from "../fixtures";

interface MergeTraining {
  name: string;
  kind: "bpe" | "wordPiece";
  few: boolean;
  options: { vocabSize: number };
  tokens: string[];
  merges: [string, string][] | null;
}

function tokensOf(vocab: Record<string, number>): string[] {
  return Object.keys(vocab).sort((a, b) => (vocab[a] as number) - (vocab[b] as number));
}

describe("learned merges equal the reference's", () => {
  const { texts, few, trainings } = fixture<{ texts: string[]; few: string[]; trainings: MergeTraining[] }>(
    "training/options",
  );
  it.each(trainings)("$kind, $name", (training) => {
    const train = training.kind === "bpe" ? trainBpe : trainWordPiece;
    const trained = train(training.few ? few : texts, training.options);
    const model = trained.toJson().model as { vocab: Record<string, number>; merges?: [string, string][] };
    expect(model.merges ?? null).toEqual(training.merges);
    expect(tokensOf(model.vocab)).toEqual(training.tokens);
    expect(tokenizerFromJson(trained.toJson()).toJson()).toEqual(trained.toJson());
  });
});

interface UnigramTraining {
  name: string;
  texts: string;
  options: { vocabSize: number };
  unknownId: number;
  byteFallback: boolean;
  /** Characters too rare for a score: the reference gives each another one in every run. */
  rare: string[];
  vocab: [string, number][];
}

const { texts, trainings, logarithms } = fixture<{
  texts: Record<string, string[]>;
  trainings: UnigramTraining[];
  logarithms: [number, number][];
}>("training/unigram");

describe("learned pieces equal the reference's, scores to 1e-9", () => {
  it.each(trainings)("$name", (training) => {
    const trained = trainUnigram(texts[training.texts] as string[], training.options);
    const model = trained.toJson().model as Record<string, unknown> & { vocab: [string, number][] };
    const found = new Map(model.vocab);
    expect(new Set(found.keys())).toEqual(new Set(training.vocab.map(([token]) => token)));
    expect(model).toMatchObject({ unk_id: training.unknownId, byte_fallback: training.byteFallback });
    training.vocab.forEach(([token, score], at) => {
      const tolerance = 1e-9 * Math.abs(score);
      const own = training.rare.includes(token) ? score : (found.get(token) as number);
      expect(Math.abs(own - score), token).toBeLessThanOrEqual(tolerance);
      // The same order: only tokens of equal score may change places.
      expect(Math.abs((model.vocab[at] as [string, number])[1] - score)).toBeLessThanOrEqual(tolerance);
    });
  });
});

describe("the logarithms that training takes of integers", () => {
  it("are the nearest doubles", () => {
    expect(logarithms.map(([integer]) => [integer, roundedLog(integer)])).toEqual(logarithms);
  });
});

describe("the progress of training", () => {
  it("counts texts as they are read, then tokens", () => {
    const seen: string[] = [];
    const onProgress = ({ stage, count }: { stage: string; count: number }): number => seen.push(`${stage} ${count}`);
    trainWordPiece(["low lower", "lowest"], { vocabSize: 16, onProgress });
    expect(seen).toEqual(["texts 2", ...seen.slice(1)]);
    expect(seen.at(-1)).toBe("tokens 16");
  });
});

describe("options that no training can follow", () => {
  it.each([
    [{ vocabSize: 0 }, /no room for 1 special token; use at least 1$/],
    [{ vocabSize: 9, limitAlphabet: -1 }, /limitAlphabet must be a whole number of 0 or more/],
    [{ vocabSize: 9, initialAlphabet: ["ab"] }, /initialAlphabet must contain single characters, not "ab"/],
  ])("%j", (options, message) => {
    expect(() => trainWordPiece(["a"], options)).toThrow(RangeError);
    expect(() => trainWordPiece(["a"], options)).toThrow(message);
  });

  it("a suffix for tokens that are bytes", () => {
    expect(() => trainBpe(["a"], { vocabSize: 300, endOfWordSuffix: "</w>" })).toThrow(/add byteLevel: false/);
  });
});
