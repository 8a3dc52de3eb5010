import { describe, expect, it } from "vitest";
import { characterTokenizer, tokenizerFromJson, tokenizerFromVocabAndMerges, trainBpe } from "../../../src/tokenizer";

const vocab = { a: 0, "[PAD]": 1, "[CLS]": 2, "[SEP]": 3, "[UNK]": 4, "<s>": 5, "<eos>": 6 };
const model = { type: "WordLevel", unk_token: "[UNK]", vocab };
const file = { model, pre_tokenizer: { type: "WhitespaceSplit" } };

describe("special tokens", () => {
  it("are found by their usual names", () => {
    expect(tokenizerFromJson(file).special).toEqual({ pad: 1, bos: 5, eos: 6, unk: 4, cls: 2, sep: 3 });
  });

  it("are those that the configuration names, and none where it says null", () => {
    const config = {
      pad_token: "a",
      eos_token: { content: "[SEP]", lstrip: false },
      bos_token: null,
      mask_token: "gone",
    };
    const { special } = tokenizerFromJson(file, config);
    expect(special).toEqual({ pad: 0, eos: 3, unk: 4, cls: 2, sep: 3 });
  });

  it("are those that the post-processor uses", () => {
    const post_processor = {
      type: "RobertaProcessing",
      cls: ["<s>", 5],
      sep: ["<eos>", 6],
      trim_offsets: true,
      add_prefix_space: true,
    };
    expect(tokenizerFromJson({ ...file, post_processor }).special).toMatchObject({ cls: 5, sep: 6 });
  });
});

describe("padding of a batch", () => {
  it("takes its id, type and side from the file, and its side rather from the configuration", () => {
    const padding = {
      strategy: "BatchLongest",
      direction: "Left",
      pad_to_multiple_of: null,
      pad_id: 4,
      pad_type_id: 9,
      pad_token: "[UNK]",
    };
    const batch = tokenizerFromJson({ ...file, padding }).encodeBatch(["a", "a a a"]);
    expect(batch).toMatchObject({
      ids: [
        [4, 4, 0],
        [0, 0, 0],
      ],
      mask: [
        [0, 0, 1],
        [1, 1, 1],
      ],
      types: [
        [9, 9, 0],
        [0, 0, 0],
      ],
    });
    expect(tokenizerFromJson({ ...file, padding }, { padding_side: "right" }).encodeBatch(["a", "a a"]).ids[0]).toEqual(
      [0, 4],
    );
    expect(tokenizerFromJson(file, { padding_side: "left" }).encodeBatch(["a", "a a"]).ids[0]).toEqual([1, 0]);
  });

  it("makes rows of pairs equally long", () => {
    const post_processor = { type: "BertProcessing", cls: ["[CLS]", 2], sep: ["[SEP]", 3] };
    const batch = tokenizerFromJson({ ...file, post_processor }).encodeBatch(["a", "a a"], { pairs: ["a", "a a"] });
    expect(batch.types).toEqual([
      [0, 0, 0, 1, 1, 0, 0],
      [0, 0, 0, 0, 1, 1, 1],
    ]);
  });
});

describe("truncation", () => {
  const truncation = { direction: "Left", max_length: 2, strategy: "LongestFirst", stride: 0 };

  it("cuts only if it is asked to, to the length of the file or of the configuration", () => {
    const tokenizer = tokenizerFromJson({ ...file, truncation });
    expect(tokenizer.encode("a [CLS] [SEP]").ids).toEqual([0, 2, 3]);
    expect(tokenizer.encode("a [CLS] [SEP]", { truncation: true }).ids).toEqual([2, 3]);
    const configured = tokenizerFromJson(file, { model_max_length: 2, truncation_side: "right" });
    expect(configured.encode("a [CLS] [SEP]", { truncation: true }).ids).toEqual([0, 2]);
    const unlimited = tokenizerFromJson(file, { model_max_length: 1e30 });
    expect(unlimited.encode("a [CLS] [SEP]", { truncation: true }).ids).toEqual([0, 2, 3]);
  });
});

describe("decodeStream", () => {
  const tokenizer = trainBpe([], { vocabSize: 256 });

  it("waits for the last byte of a character", () => {
    const stream = tokenizer.decodeStream();
    const pieces = tokenizer.encode("a👍é").ids.map((id) => stream.push(id));
    expect(pieces).toEqual(["a", "", "", "", "👍", "", "é"]);
    expect(stream.end()).toBe("");
  });

  it("gives the rest at the end, and starts again", () => {
    const stream = tokenizer.decodeStream();
    for (const id of tokenizer.encode("👍").ids.slice(0, 3)) expect(stream.push(id)).toBe("");
    expect(stream.end()).toBe("\ufffd");
    expect(tokenizer.encode("ab").ids.map((id) => stream.push(id))).toEqual(["a", "b"]);
  });

  it("keeps the space that a window's first word would lose", () => {
    const spaced = trainBpe(["the cat"], { vocabSize: 40, byteLevel: false });
    const ids = spaced.encode("the cat ".repeat(200)).ids;
    const stream = spaced.decodeStream();
    expect(ids.map((id) => stream.push(id)).join("") + stream.end()).toBe(spaced.decode(ids));
  });

  it("keeps the blanks that a window of blanks would lose", () => {
    const tokens = { type: "WordLevel", unk_token: "▁", vocab: { "▁": 0, a: 1 } };
    const blanks = {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 40, stop: 0 },
      ],
    };
    const stream = tokenizerFromJson({ model: tokens, decoder: blanks }).decodeStream();
    const pieces = [...new Array<number>(200).fill(0), 1].map((id) => stream.push(id));
    expect(pieces.join("") + stream.end()).toBe(`${" ".repeat(160)}a`);
  });

  it("cleans spaces up as the whole text would be cleaned", () => {
    const words = ["it", "is", "n't", "'m", "'", ".", ",", "s", "'ve", "do"];
    const plain = tokenizerFromJson({
      model: { type: "WordLevel", unk_token: "s", vocab: Object.fromEntries(words.map((word, i) => [word, i])) },
    });
    const ids = Array.from({ length: 500 }, (_, i) => (i * i + 3 * (i >> 2)) % words.length);
    const stream = plain.decodeStream({ cleanUpSpaces: true });
    const whole = plain.decode(ids, { cleanUpSpaces: true });
    expect(ids.map((id) => stream.push(id)).join("") + stream.end()).toBe(whole);
    expect(whole).not.toBe(plain.decode(ids));
  });
});

describe("toJson", () => {
  it("does not share its parts with the tokenizer or the object it was read from", () => {
    const source = { ...file, normalizer: { type: "Replace", pattern: { String: "x" }, content: "a" } };
    const tokenizer = tokenizerFromJson(source);
    source.normalizer.content = "b";
    const json = tokenizer.toJson() as typeof source;
    expect(json.normalizer.content).toBe("a");
    json.normalizer.content = "c";
    expect((tokenizer.toJson() as typeof source).normalizer.content).toBe("a");
  });
});

it("a file without a type for its model is read by its fields", () => {
  const { type: _, ...untyped } = model;
  expect(tokenizerFromJson({ ...file, model: untyped }).encode("a b").ids).toEqual([0, 4]);
});

it("tokenizerFromVocabAndMerges reads text with either line end, and text or object", () => {
  for (const merges of ["#version: 0.2\na b\n", "a b\r\n"]) {
    expect(tokenizerFromVocabAndMerges('{"a":0,"b":1,"ab":2}', merges).encode("ab").ids).toEqual([2]);
  }
  const spaced = tokenizerFromVocabAndMerges({ a: 0, Ġ: 1, Ġa: 2 }, "Ġ a", { add_prefix_space: true });
  expect(spaced.encode("a").ids).toEqual([2]);
});

it("long texts are encoded in linear time", () => {
  const { ids } = trainBpe(["ab"], { vocabSize: 300 }).encode("ab".repeat(100_000));
  expect(ids).toHaveLength(100_000);
  expect(characterTokenizer(["a"]).encode("a".repeat(200_000)).ids).toHaveLength(200_000);
});
