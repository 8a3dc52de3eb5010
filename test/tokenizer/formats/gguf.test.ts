import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readGguf } from "../../../src/checkpoint";
import { FormatError } from "../../../src/errors";
import { loadTokenizer, tokenizerFromGguf, tokenizerFromJson } from "../../../src/tokenizer";
import { fixture } from "../fixtures";

interface Expected {
  texts: string[];
  files: { name: string; change: Record<string, unknown>; roles: Record<string, number>; ids: number[][] }[];
  ways: { texts: string[]; ids: { names: string[]; ids: number[][] }[] };
}

const { texts, files, ways } = fixture<Expected>("gguf");
const file = (name: string) => readFileSync(new URL(`../../fixtures/tokenizer/gguf/${name}.gguf`, import.meta.url));

/** The metadata of a file, with some of it replaced; undefined takes a key away. */
function changed(name: string, change: Record<string, unknown>): Record<string, unknown> {
  const metadata: Record<string, unknown> = { ...readGguf(file(name)).metadata };
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined) delete metadata[`tokenizer.ggml.${key}`];
    else metadata[`tokenizer.ggml.${key}`] = value;
  }
  return metadata;
}

describe.each(files)("$name with $change gives", ({ name, change, roles, ids }) => {
  const tokenizer = tokenizerFromGguf(changed(name, change));

  it("llama.cpp's ids", () => {
    for (const [index, text] of texts.entries()) {
      expect(tokenizer.encode(text).ids, JSON.stringify(text)).toEqual(ids[index]);
    }
  });

  it("llama.cpp's special tokens", () => {
    const { bos, ...rest } = roles;
    expect(tokenizer.special).toMatchObject(name === "bert" ? { cls: bos, ...rest } : roles);
  });
});

describe("a way to cut into words gives llama.cpp's ids", () => {
  const cases = ways.ids.flatMap(({ names, ids }) => names.map((name) => [name, ids] as const));
  it.each(cases)("%s", (pre, ids) => {
    const tokenizer = tokenizerFromGguf(changed("gpt2", { pre }));
    for (const [index, text] of ways.texts.entries()) {
      expect(tokenizer.encode(text).ids, JSON.stringify(text)).toEqual(ids[index]);
      expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text);
    }
  });
});

describe("a tokenizer is read from a source", () => {
  const ids = tokenizerFromGguf(changed("llama", {})).encode("The <s>fox").ids;
  const path = new URL("../../fixtures/tokenizer/gguf/llama.gguf", import.meta.url);

  it("of bytes that end before the tensors", () => {
    expect(tokenizerFromGguf(file("llama")).encode("The <s>fox").ids).toEqual(ids);
    const bytes = new Uint8Array(file("llama"));
    bytes[8] = 1;
    expect(tokenizerFromGguf(bytes).encode("The <s>fox").ids).toEqual(ids);
  });

  it.each([path, String(path), decodeURIComponent(path.pathname)])("of %s", async (source) => {
    expect((await loadTokenizer(source)).encode("The <s>fox").ids).toEqual(ids);
  });

  it("but not of a file that does not exist, which is named", async () => {
    const error = await loadTokenizer("no/such.gguf").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    expect(String(error)).toMatch(/^FormatError: no\/: such\.gguf: found no such file, expected a GGUF file$/);
  });

  it("with a whole tokenizer.json in it, by that", () => {
    const json = JSON.stringify({ model: { type: "WordLevel", vocab: { a: 0, "?": 1 }, unk_token: "?" } });
    const tokenizer = tokenizerFromGguf({ ...changed("gpt2", {}), "tokenizer.huggingface.json": json });
    expect(tokenizer.encode("a").ids).toEqual([0]);
  });

  it("but not of another kind, which is refused", () => {
    // @ts-expect-error a path is not accepted
    expect(() => tokenizerFromGguf("model.gguf")).toThrow(/^tokenizerFromGguf: source must be a Uint8Array/);
  });
});

it.each([...new Set(files.map(({ name }) => name))])(
  "%s decodes to the text, and is written as a tokenizer.json",
  (name) => {
    const tokenizer = tokenizerFromGguf(file(name));
    const text = "the quick fox";
    expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text);
    const again = tokenizerFromJson(JSON.stringify(tokenizer.toJson()));
    expect(again.encode(text).ids).toEqual(tokenizer.encode(text).ids);
    expect(again.vocabSize).toBe(tokenizer.vocabSize);
  },
);

it("text between tokens that are not cut keeps its offsets", () => {
  const text = "a <s>The fox";
  const { tokens, offsets } = tokenizerFromGguf(file("llama")).encode(text, { special: false });
  expect(tokens.map((token, index) => [token, text.slice(...(offsets[index] as [number, number]))])).toContainEqual([
    "<s>",
    "<s>",
  ]);
  expect(offsets.at(-1)?.[1]).toBe(text.length);
});

it("a role that the file does not name is that of the usual id, unless that is a word's", () => {
  const without = { bos_token_id: undefined, eos_token_id: undefined };
  expect(tokenizerFromGguf(changed("llama", { ...without, add_eos_token: true })).encode("").ids).toEqual([1, 2]);
  const tokenizer = tokenizerFromGguf(changed("llama", { ...without, token_type: new Array(520).fill(1) }));
  expect(tokenizer.encode("").ids).toEqual([]);
});

it("tokenizerFromGguf adds no token that the file does not have", () => {
  const tokens = (readGguf(file("bert")).metadata["tokenizer.ggml.tokens"] as string[]).map((token) =>
    token === "[PAD]" || token === "[MASK]" ? `${token}!` : token,
  );
  const change = { tokens, padding_token_id: undefined, mask_token_id: undefined };
  expect(tokenizerFromGguf(changed("bert", change)).vocabSize).toBe(tokens.length);
});

describe("an id of 4294967295, which says that there is no such token,", () => {
  const roles = ["bos", "eos", "unknown", "seperator", "separator", "padding", "cls", "mask"];
  it.each(files.map(({ name }) => name).filter((name, i, all) => all.indexOf(name) === i))(
    "is like no id for every role of %s",
    (name) => {
      for (const role of roles) {
        const key = `${role}_token_id`;
        const outcome = (change: Record<string, unknown>) => {
          try {
            const tokenizer = tokenizerFromGguf(changed(name, change), { name: "model.gguf" });
            return [tokenizer.special, tokenizer.encode("a text").ids];
          } catch (error) {
            return String(error).replace(/found .*, expected/, "expected");
          }
        };
        expect([role, outcome({ [key]: 0xffff_ffff })]).toEqual([role, outcome({ [key]: undefined })]);
      }
    },
  );

  it("unlike any other id beyond the tokens, which is refused", () => {
    for (const id of [0xffff_fffe, 2 ** 32, 2 ** 53, Number.NaN])
      expect(() => tokenizerFromGguf(changed("gpt2", { padding_token_id: id }))).toThrow(FormatError);
  });
});

describe("a malformed file is refused, and its key named", () => {
  it.each<[string, string, Record<string, unknown>, string | undefined]>([
    ["no model", "gpt2", { model: undefined }, "model"],
    ["another model", "gpt2", { model: "rwkv" }, "model"],
    ["a prototype's field as model", "gpt2", { model: "constructor" }, "model"],
    ["an unknown way to cut", "gpt2", { pre: "toString" }, "pre"],
    ["a number as way to cut", "gpt2", { pre: 3 }, "pre"],
    ["no tokens", "gpt2", { tokens: undefined }, "tokens"],
    ["tokens as text", "gpt2", { tokens: "a" }, "tokens"],
    ["a token that is a number", "gpt2", { tokens: ["a", 1], token_type: [1, 1] }, "tokens[1]"],
    ["a token twice", "gpt2", { tokens: ["a", "b", "a"] }, "tokens[2]"],
    ["no merges", "gpt2", { merges: undefined }, "merges"],
    ["a merge of one", "gpt2", { merges: ["ab"] }, "merges[0]"],
    ["a merge that makes no token", "gpt2", { merges: ["\u0120 \u0120", "~ ~"] }, "merges[1]"],
    ["a merge of what is no token", "gpt2", { merges: ["\u4e00 a"] }, "merges[0]"],
    ["fewer types than tokens", "gpt2", { token_type: [1] }, "token_type"],
    ["a type of 9", "llama", { token_type: new Array(520).fill(9) }, "token_type[0]"],
    ["an id beyond the tokens", "gpt2", { bos_token_id: 1e6 }, "bos_token_id"],
    ["an id below zero", "gpt2", { eos_token_id: -1 }, "eos_token_id"],
    ["a fraction as id", "gpt2", { padding_token_id: 0.5 }, "padding_token_id"],
    ["a number as flag", "gpt2", { add_bos_token: 1 }, "add_bos_token"],
    ["an end without a token", "gpt2", { bos_token_id: undefined, add_bos_token: true }, "bos_token_id"],
    ["no scores", "llama", { scores: undefined }, "scores"],
    ["fewer scores than tokens", "t5", { scores: [0] }, "scores"],
    ["a charsmap that is none", "t5", { precompiled_charsmap: [1, 2, 3, 4, 5] }, "precompiled_charsmap"],
    ["a charsmap of other than bytes", "t5", { precompiled_charsmap: [256] }, "precompiled_charsmap[0]"],
    ["no unknown token", "bert", { unknown_token_id: undefined }, "unknown_token_id"],
    ["no token for the end", "bert", { seperator_token_id: undefined }, "seperator_token_id"],
    ["no token for the beginning", "bert", { cls_token_id: undefined, bos_token_id: undefined }, "cls_token_id"],
  ])("%s", (_, name, change, key) => {
    const read = () => tokenizerFromGguf(changed(name, change), { name: "model.gguf" });
    expect(read).toThrow(FormatError);
    expect(read).toThrow(`model.gguf: tokenizer.ggml.${key}: found `);
  });
});
