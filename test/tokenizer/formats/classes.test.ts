import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError, loadTokenizer, tokenizerFromJson } from "../../../src/tokenizer";
import { fixture } from "../fixtures";

interface Directory {
  files: Record<string, string | object>;
  size: number;
  cases: { text: string; ids: number[]; decoded: string }[];
  pair: { ids: number[]; types: number[] };
  roles: Record<string, number>;
  side: string;
  cut?: number[];
}

function open(files: Directory["files"]) {
  return loadTokenizer({
    read: async (name: string) => {
      const content = files[name];
      if (typeof content !== "string") return content && new TextEncoder().encode(JSON.stringify(content));
      return readFileSync(new URL(`../../fixtures/tokenizer/${content}`, import.meta.url));
    },
  });
}

/** What tells a directory from others: its JSON, and the names of its files. */
function named(directory: Directory): [string, Directory] {
  const parts = Object.entries(directory.files).map(([name, content]) =>
    typeof content === "string" ? name : `${name} ${JSON.stringify(content)}`,
  );
  return [parts.join(", "), directory];
}

describe("the class of a directory, and its older files, say how it is read, as in transformers", () => {
  it.each(fixture<Directory[]>("classes").map(named))("%s", async (_, directory) => {
    const tokenizer = await open(directory.files);
    const again = tokenizerFromJson(JSON.stringify(tokenizer.toJson()));
    for (const { text, ids, decoded } of directory.cases) {
      expect(tokenizer.encode(text).ids, JSON.stringify(text)).toEqual(ids);
      expect(tokenizer.decode(ids), JSON.stringify(text)).toBe(decoded);
      if (!JSON.stringify(directory.files).includes("split_special_tokens"))
        expect(again.encode(text).ids).toEqual(ids);
    }
    expect(tokenizer.encode("the fox", { pair: "a b" })).toMatchObject(directory.pair);
    expect(tokenizer.vocabSize).toBe(directory.size);
    expect(tokenizer.special).toMatchObject(directory.roles);
    if (directory.roles.pad !== undefined) {
      const { mask } = tokenizer.encodeBatch(["a", "a b c d e f"]);
      expect(mask[0]?.at(directory.side === "left" ? 0 : -1)).toBe(0);
    }
    if (directory.cut !== undefined)
      expect(tokenizer.encode("The quick brown fox", { truncation: true }).ids).toEqual(directory.cut);
  });
});

const gpt2 = { "vocab.json": "directories/vocab.json", "merges.txt": "directories/merges.txt" };

it.each([
  [{ additional_special_tokens: ["<x>", { content: "<u>" }] }, "a <u>"],
  [
    {
      extra_special_tokens: [
        { content: "<x>", special: true },
        { content: "<u>", special: false },
      ],
    },
    "a <u>",
  ],
  [{ extra_special_tokens: { image_token: { content: "<x>" } }, pad_token: { content: "<u>" } }, "a "],
])("a token of a list is special if it says so itself, as in transformers: %j", async (config, decoded) => {
  const tokenizer = await open({ ...gpt2, "tokenizer_config.json": { tokenizer_class: "GPT2Tokenizer", ...config } });
  expect(tokenizer.decode(tokenizer.encode("a <x><u>").ids)).toBe(decoded);
});

it.each([
  "EsmTokenizer",
  "WhisperTokenizer",
  "M2M100Tokenizer",
  "RoFormerTokenizer",
  "NllbTokenizer",
  "ByT5Tokenizer",
  "constructor",
  "BertTokenizer",
  "T5Tokenizer",
])("a class that cannot be read from these files is refused by name: %s", async (name) => {
  for (const files of [
    { "tokenizer_config.json": { tokenizer_class: name } },
    { "config.json": { tokenizer_class: name } },
  ]) {
    const error = await open({ ...gpt2, ...files }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).message).toContain(name);
  }
});

it.each<[string, Directory["files"]]>([
  ["special_tokens_map.json", { "special_tokens_map.json": [] }],
  ["special_tokens_map.json", { "special_tokens_map.json": { pad_token: 5 } }],
  ["special_tokens_map.json", { "special_tokens_map.json": { additional_special_tokens: "x" } }],
  ["added_tokens.json", { "added_tokens.json": [] }],
  ["added_tokens.json", { "added_tokens.json": { x: -1 } }],
  ["added_tokens.json", { "added_tokens.json": { x: "1" } }],
  ["tokenizer_config.json", { "tokenizer_config.json": { extra_special_tokens: 7 } }],
  ["tokenizer_config.json", { "tokenizer_config.json": { extra_special_tokens: [7] } }],
  ["tokenizer_config.json", { "tokenizer_config.json": { split_special_tokens: "no" } }],
  ["tokenizer_config.json", { "tokenizer_config.json": { clean_up_tokenization_spaces: 1 } }],
  ["tokenizer_config.json", { "tokenizer_config.json": { model_max_length: "512" } }],
  ["tokenizer_config.json", { "tokenizer_config.json": { pad_token: 5 } }],
])("a %s of the wrong kind is an error that names it", async (name, files) => {
  const error = await open({ ...gpt2, ...files }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FormatError);
  expect((error as FormatError).problem.file).toMatch(new RegExp(`${name}$`));
});

it.each([
  { "tokenizer_config.json": { tokenizer_class: "LlamaTokenizer" } },
  { "config.json": { model_type: "llama" } },
  { "config.json": { model_type: "mistral" } },
])("merges of a SentencePiece file are done by score, not by id: %j", async (files) => {
  const tokenizer = await open({ "tokenizer.model": "directories/llama-spaces.model", ...files });
  const again = tokenizerFromJson(tokenizer.toJson());
  for (const { text, ids } of fixture<{ text: string; ids: number[] }[]>("merges")) {
    expect(tokenizer.encode(text).ids, JSON.stringify(text)).toEqual(ids);
    expect(again.encode(text).ids).toEqual(ids);
  }
});
