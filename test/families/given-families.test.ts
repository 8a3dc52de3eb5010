import { describe, expect, it } from "vitest";
import { bertFamily, fromPretrained, llama, pretrainedLoader } from "../../src/families";
import { DecoderModel, type EncoderModel } from "../../src/models";
import { difference, inMemory, memory } from "./fixture";

/** Functions that import families, and those that were called. */
function importing() {
  const called: string[] = [];
  const later = {
    llama: async () => {
      called.push("llama");
      return llama;
    },
    bert: async () => {
      called.push("bert");
      return bertFamily;
    },
  };
  return { called, later };
}

describe("pretrainedLoader, given functions that import families", () => {
  it("imports the family that config.json names, no other, and opens what fromPretrained does", async () => {
    const { called, later } = importing();
    const load = pretrainedLoader(later);
    expect(called).toEqual([]);
    const { model } = await load(memory(inMemory("llama")));
    expect(called).toEqual(["llama"]);
    const either: DecoderModel | EncoderModel = model; // compiles without a cast
    expect(either).toBeInstanceOf(DecoderModel);
    const { model: same } = await fromPretrained(memory(inMemory("llama")), { model: DecoderModel });
    const ids = [[1, 2, 3]];
    expect(difference((model as DecoderModel).forward(ids), same.forward(ids))).toBe(0);
  });

  it("has the type of their models", async () => {
    const load = pretrainedLoader({ llama: importing().later.llama });
    const decoder: DecoderModel = (await load(memory(inMemory("llama")))).model; // compiles without a cast
    expect(decoder.config.vocabSize).toBeGreaterThan(0);
  });

  it("refuses other families, and names those that it has", async () => {
    const { called, later } = importing();
    await expect(pretrainedLoader(later)(memory(inMemory("gpt2")))).rejects.toThrow(
      'source/config.json: model_type: found "gpt2", expected one of llama, bert',
    );
    const inherited = pretrainedLoader(Object.assign(Object.create(later), { bert: later.bert }) as typeof later);
    await expect(inherited(memory(inMemory("llama")))).rejects.toThrow('found "llama"');
    expect(called).toEqual([]);
  });

  it("says when an import fails, and imports again with the next model", async () => {
    let calls = 0;
    const cause = new Error("offline");
    const load = pretrainedLoader({
      llama: async () => {
        if (calls++ === 0) throw cause;
        return llama;
      },
    });
    const source = memory(inMemory("llama"));
    await expect(load(source)).rejects.toThrow('the code for model_type "llama" was not loaded; check the network');
    expect((await load(source)).model).toBeInstanceOf(DecoderModel);
  });

  it.each([
    [undefined, TypeError, /what families\["llama"\] gives must be a family, such as llama/],
    [{ ...llama, toModel: "model" }, TypeError, /what families\["llama"\] gives: toModel must be a function/],
    [bertFamily, RangeError, /what families\["llama"\] gives is a family of model_type bert$/],
  ])("refuses what is no family of that model_type (%#)", async (given, kind, message) => {
    const load = pretrainedLoader({ llama: async () => given as unknown as typeof llama });
    const loading = load(memory(inMemory("llama")));
    await expect(loading).rejects.toThrow(kind);
    await expect(loading).rejects.toThrow(message);
  });

  it("refuses to be given none", () => {
    for (const none of [[], {}] as const)
      expect(() => pretrainedLoader(none)).toThrow(/^pretrainedLoader: families is empty; name at least one$/);
  });
});
