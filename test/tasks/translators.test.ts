import { expect, it } from "vitest";
import { fromPretrained } from "../../src/families";
import { EncoderDecoderModel } from "../../src/models";
import { answer, classify } from "../../src/tasks";
import { softmax } from "../../src/tensor";
import { tokenizerFromJson } from "../../src/tokenizer";

const words = { a: 5, b: 6, c: 7, d: 8, "</s>": 2 };
const tokenizer = tokenizerFromJson({
  pre_tokenizer: { type: "Whitespace" },
  model: { type: "WordLevel", vocab: words, unk_token: "a" },
  post_processor: {
    type: "TemplateProcessing",
    single: [{ Sequence: { id: "A", type_id: 0 } }, { SpecialToken: { id: "</s>", type_id: 0 } }],
    pair: [
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "</s>", type_id: 0 } },
      { Sequence: { id: "B", type_id: 0 } },
      { SpecialToken: { id: "</s>", type_id: 0 } },
    ],
    special_tokens: { "</s>": { id: "</s>", ids: [2], tokens: ["</s>"] } },
  },
  added_tokens: [{ id: 2, content: "</s>", special: true }],
});

const loaded = async (name: string) => {
  const found = await fromPretrained(new URL(`../fixtures/families/encoder-decoder/${name}/`, import.meta.url));
  if (!(found.model instanceof EncoderDecoderModel)) throw new Error(`${name} is no encoder-decoder`);
  return { ...found, model: found.model, tokenizer };
};

it("BART's classifier says the class of a text: it reads the text as its own target", async () => {
  const bart = await loaded("bart-sequence");
  const scores = softmax(bart.model.forward([[5, 6, 2]], [[2, 5, 6]])).data;
  const labels = await classify(bart, "a b");
  expect(labels.map(({ score }) => score)).toEqual([...scores].sort((x, y) => y - x));
});

it("BART finds an answer in a context", async () => {
  const found = await answer(await loaded("bart-question"), { question: "a", context: "b c d" });
  expect("b c d".slice(found.start, found.end)).toBe(found.text);
  expect(found.score).toBeGreaterThan(0);
});
