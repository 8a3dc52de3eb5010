import {
  Embedding,
  type Generated,
  generate,
  gpt,
  type Ids,
  initialize,
  Module,
  type Pass,
  type Sequence,
  type Tensor,
} from "transformer-blocks";
import { complete, stream, translate } from "transformer-blocks/tasks";
import { trainBpe } from "transformer-blocks/tokenizer";
import { describe, expect, it } from "vitest";

const tokenizer = trainBpe(["the bear sees the boat", "a boat on the river"], {
  vocabSize: 270,
  specialTokens: ["<|endoftext|>"],
});
const { vocabSize } = tokenizer;
const sizes = { vocabSize, contextLength: 32 };

/** Scores by the last token alone, and says its sizes in fields. */
class Bigrams extends Module {
  readonly vocabSize = vocabSize;
  readonly contextLength = 32;
  readonly endTokens = [0];
  readonly table = new Embedding({ vocabSize, dModel: vocabSize });

  forward(ids: Ids): Tensor {
    return this.table.forward(ids);
  }
}

class Copier extends Module {
  readonly config = { ...sizes, startToken: 1, endTokens: [0] };
  readonly source = new Embedding({ vocabSize, dModel: 8 });
  readonly target = gpt({ ...sizes, dModel: 8, heads: 2, layers: 1, crossAttention: true });

  encode(ids: Ids): Tensor<Sequence> {
    return this.source.forward(ids);
  }

  decode(ids: Ids, memory: Tensor<Sequence>, pass: Pass = {}): Tensor {
    return this.target.forward(ids, { ...pass, memory });
  }
}

const text = "the bear";
const { ids } = tokenizer.encode(text);
const textOf = ({ sequences: [row = []] }: Generated) => tokenizer.decode(row.filter((id) => id !== 0));

describe("tasks work with any model that generate takes", () => {
  const bigrams = { model: initialize(new Bigrams(), { seed: 2 }), tokenizer };
  const copier = { model: initialize(new Copier(), { seed: 2 }), tokenizer };

  it.each([{}, { temperature: 1, seed: 3 }, { maxNewTokens: 3 }])("complete and stream: %o", async (options) => {
    const written = textOf(await generate(bigrams.model, [ids], options)).slice(text.length);
    expect(await complete(bigrams, text, options)).toBe(written);
    let streamed = "";
    for await (const piece of stream(bigrams, text, options)) streamed += piece;
    expect(streamed).toBe(written);
  });

  it("and stop where the model's own end tokens say", async () => {
    const [first] = (await generate(bigrams.model, [ids], { maxNewTokens: 1 })).sequences;
    const ending = Object.assign(initialize(new Bigrams(), { seed: 2 }), { endTokens: [first!.at(-1)!] });
    expect(await complete({ model: ending, tokenizer }, text)).toBe("");
  });

  it("translate, as far as the context goes", async () => {
    const { sequences } = await generate(copier.model, [ids], { maxNewTokens: 31 });
    // The start token is not part of the translation.
    expect(await translate(copier, text)).toBe(tokenizer.decode(sequences[0]!.slice(1)));
  });

  it("and refuse what lacks a part, by name", async () => {
    class Silent extends Module {
      forward(ids: Ids): Tensor {
        return bigrams.model.forward(ids);
      }
    }
    const run = (task: typeof complete | typeof translate, model: unknown) =>
      Reflect.apply(task, undefined, [{ model, tokenizer }, text]) as Promise<string>;
    await expect(run(complete, new Silent())).rejects.toThrow(/complete: the model does not declare its vocabSize/);
    await expect(run(complete, copier.model)).rejects.toThrow(/complete: the model cannot continue texts/);
    await expect(run(translate, bigrams.model)).rejects.toThrow(/translate: the model does not read a source/);
    await expect(run(complete, { forward: () => 1 })).rejects.toThrow(/complete: model must be a Module/);
  });
});
