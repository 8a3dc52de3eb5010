import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Embedding, OutputHead } from "../../src/blocks";
import { EncoderModel } from "../../src/models";
import { answer } from "../../src/tasks";
import { type Ids, Tensor } from "../../src/tensor";
import { tokenizerFromJson } from "../../src/tokenizer";

const tokenizer = tokenizerFromJson(
  JSON.parse(readFileSync(new URL("../fixtures/tasks/tokenizer.json", import.meta.url), "utf8")),
);

type Scores = Record<number, [start: number, end: number]>;

/** Scores both ends of an answer as it was told, by the token's place; 0 elsewhere. */
class Scripted extends EncoderModel {
  readonly script: Scores;

  constructor(script: Scores) {
    const { vocabSize } = tokenizer;
    const types = new Embedding({ vocabSize: 2, dModel: 4 });
    const head = new OutputHead({ kind: "questionAnswering", dModel: 4 });
    super({
      vocabSize,
      contextLength: 64,
      embedding: new Embedding({ vocabSize, dModel: 4 }),
      types,
      blocks: [],
      head,
    });
    this.script = script;
  }

  override forward([row]: Ids): Tensor {
    const scores = row!.flatMap((_, place) => this.script[place] ?? [0, 0]);
    return new Tensor([1, row!.length, 2], Float32Array.from(scores));
  }
}

describe("an answer is the most probable span", () => {
  const context = Array.from({ length: 45 }, () => "the").join(" ");
  // [CLS] bear [SEP] the the … the [SEP]: the context stands from the third place on.
  const of = async (script: Scores) => {
    const { start, end, score } = await answer(
      { model: new Scripted(script), tokenizer },
      { question: "bear", context },
    );
    return { first: start / 4, last: (end - 3) / 4, score };
  };

  it("of at most 30 tokens", async () => {
    expect(await of({ 3: [50, 0], 32: [0, 50] })).toMatchObject({ first: 0, last: 29 });
    // One token more is too long: the better end without the better start, or the other way round.
    const { first, last } = await of({ 3: [50, 0], 33: [0, 51] });
    expect(last - first).toBeLessThan(30);
  });

  it("that ends where it starts or later, to the context's last token", async () => {
    expect(await of({ 20: [50, 0], 47: [0, 50] })).toMatchObject({ first: 17, last: 44 });
    expect(await of({ 47: [50, 50] })).toMatchObject({ first: 44, last: 44 });
    const { first, last } = await of({ 20: [50, 0], 10: [0, 50] });
    expect(last).toBeGreaterThanOrEqual(first);
  });

  it("in the context, whatever question and special tokens score", async () => {
    const loud = { 0: [90, 90], 1: [90, 90], 2: [90, 90], 48: [90, 90] } satisfies Scores;
    expect(await of({ ...loud, 5: [50, 0], 6: [0, 50] })).toMatchObject({ first: 2, last: 3 });
  });

  it("the first of equals", async () => {
    expect(await of({ 5: [50, 50], 9: [50, 50] })).toMatchObject({ first: 2, last: 2 });
  });
});
