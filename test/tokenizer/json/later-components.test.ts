import { describe, expect, it } from "vitest";
import { loadTokenizer, tokenizerFromJson } from "../../../src/tokenizer";
import { every } from "../../../src/tokenizer/json/components/every";
import { laterComponents } from "../../../src/tokenizer/json/later-components";
import { type EncodingCase, type Fixture, fixture } from "../fixtures";

const bytes = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
const load = (json: object) =>
  loadTokenizer({ read: async (name) => (name === "tokenizer.json" ? bytes(json) : undefined) });

describe("components that are loaded when a file names them", () => {
  it("are all that there are, each under its type", async () => {
    const found = await Promise.all(
      Object.entries(laterComponents).map(async ([type, load]) => [type, await load()] as const),
    );
    for (const [type, component] of found) expect(component.type).toBe(type);
    const listed = every.filter(({ type }) => type !== "truncation");
    expect(new Set(found.map(([, component]) => component))).toEqual(new Set(listed));
  });

  it("are found wherever a file names them: each tokenizer encodes as the reference does", async () => {
    for (const kind of ["models", "normalizers", "pre-tokenizers", "post-processors"]) {
      for (const { json, cases } of fixture<Fixture<EncodingCase>[]>(`encoding/${kind}`)) {
        const [{ text, pair, addSpecial: special, ids }] = cases as [EncodingCase];
        expect((await load(json)).encode(text, { pair, special }).ids).toEqual(ids);
      }
    }
  });

  it("do not shorten the message for a file that is wrong", async () => {
    const model = { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" };
    for (const part of [
      { normalizer: { type: "NFX" } },
      { decoder: { type: "NFC" } },
      { pre_tokenizer: { type: 5 } },
    ]) {
      const wanted = (() => {
        try {
          tokenizerFromJson({ model, ...part });
        } catch (error) {
          return (error as Error).message;
        }
        throw new Error("was read");
      })();
      await expect(load({ model, ...part })).rejects.toThrow(wanted.slice(wanted.indexOf("tokenizer.json")));
    }
  });
});
