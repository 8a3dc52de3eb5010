import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/errors";
import { tokenizerFromJson, tokenizerFromLlama2c } from "../../../src/tokenizer";
import { hasPublished, published, publishedJson, publishedText } from "../../published";
import { fixture } from "../fixtures";

/** A file of the given pieces, each with score 0 unless it has one. */
function file(pieces: readonly (string | [string, number])[], longest = 10): Uint8Array {
  const parts = pieces.map((entry) => {
    const [piece, score] = typeof entry === "string" ? [entry, 0] : entry;
    const text = new TextEncoder().encode(piece);
    const header = new DataView(new ArrayBuffer(8));
    header.setFloat32(0, score, true);
    header.setUint32(4, text.length, true);
    return [...new Uint8Array(header.buffer), ...text];
  });
  return Uint8Array.from([longest, 0, 0, 0, ...parts.flat()]);
}

const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
const first = ["<unk>", "\n<s>\n", "\n</s>\n", ...bytes];

it("a file that was exported from a SentencePiece model gives the ids of that model", () => {
  const exported = readFileSync(new URL("../../fixtures/tokenizer/directories/llama-spaces.bin", import.meta.url));
  const tokenizer = tokenizerFromLlama2c(exported);
  for (const { text, ids } of fixture<{ text: string; ids: number[] }[]>("merges"))
    expect(tokenizer.encode(text, { special: false }).ids, JSON.stringify(text)).toEqual(ids);
});

describe.skipIf(!hasPublished("stories260K/tok512.bin"))("tok512.bin", () => {
  const read = () => tokenizerFromLlama2c(readFileSync(published("stories260K/tok512.bin")), { name: "tok512.bin" });

  it("cuts as SentencePiece cuts with the model that it was exported from", () => {
    const tokenizer = read();
    const cases = publishedJson("stories260K/hf/tok512-goldens.json") as { text: string; ids: number[] }[];
    expect(cases.length).toBeGreaterThan(100);
    for (const { text, ids } of cases) {
      expect(tokenizer.encode(text, { special: false }).ids, text).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(text);
    }
  });

  it("is the tokenizer of the model's directory", () => {
    const tokenizer = read();
    const published = tokenizerFromJson(publishedText("stories260K/hf/tokenizer.json"));
    for (const text of ["Once upon a time", "a\nb", "日本", "<s> in text", "  spaces  "]) {
      if (!text.includes("<s>")) expect(tokenizer.encode(text).ids).toEqual(published.encode(text).ids);
      expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text);
    }
    expect(tokenizer.special).toEqual({ unk: 0, bos: 1, eos: 2 });
    expect(tokenizer.encode("a", { special: false }).ids).toEqual([261]);
  });
});

describe("in a file of llama2.c", () => {
  const tokenizer = tokenizerFromLlama2c(file([...first, " ", "a", "b", ["ab", -1], [" a", -2]]), { addEos: true });
  it("the pair of the largest score is merged first", () => {
    expect(tokenizer.encode("ab a").tokens).toEqual(["<s>", "▁", "ab", "▁a", "</s>"]);
    expect(tokenizer.decode(tokenizer.encode("ab a").ids)).toBe("ab a");
  });

  it("characters without a piece become bytes", () => {
    expect(tokenizer.encode("é", { special: false }).ids).toEqual([259, 0xc3 + 3, 0xa9 + 3]);
  });
});

describe("a malformed file", () => {
  const whole = file([...first, "a"]);
  it.each<[string, Uint8Array, string, RegExp]>([
    ["empty", new Uint8Array(), "byte 0", /0 bytes/],
    ["cut in a header", whole.subarray(0, 9), "byte 4", /5 bytes, expected the 8 bytes/],
    ["cut in a piece", whole.subarray(0, 14), "byte 8", /a piece of 5 bytes, expected at most the 2/],
    ["cut between pieces", whole.subarray(0, 17), "byte 17", /after 1 pieces/],
    ["a length of 4 GB", Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255), "byte 8", /4294967295 bytes/],
    ["a piece longer than the longest", file(first, 3), "byte 8", /a piece of 5 bytes, expected at most 3/],
    ["a score without end", file([["<unk>", Number.POSITIVE_INFINITY]]), "byte 4", /score Infinity/],
    ["pieces in another order", file(["<s>"]), "byte 12", /"<s>" as piece 0, expected "<unk>"/],
    ["an empty piece", file([...first, ""]), `byte ${whole.length - 1}`, /an empty piece/],
    ["a piece twice", file([...first, "a", "a"]), `byte ${whole.length + 8}`, /which is piece 259/],
  ])("is refused, and the message says where: %s", (_, content, at, found) => {
    let error: unknown;
    try {
      tokenizerFromLlama2c(content, { name: "tok.bin" });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).problem).toMatchObject({ file: "tok.bin", at });
    expect((error as FormatError).message).toMatch(found);
  });

  it("is refused where it is not text", () => {
    // @ts-expect-error: no bytes
    expect(() => tokenizerFromLlama2c("tok512.bin")).toThrow(TypeError);
  });
});
