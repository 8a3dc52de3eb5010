import { describe, expect, it } from "vitest";
import { bertFamily, type LoadOptions, pretrainedLoader, savePretrained } from "../../src/families";
import { encoderHeads, type Head, headsOf } from "../../src/families/reading/heads";
import { FormatError } from "../../src/tensor";
import { difference, inMemory, loadFixture, memory } from "./fixture";

const ends = [
  "Model",
  "ForMaskedLM",
  "ForSequenceClassification",
  "ForTokenClassification",
  "ForQuestionAnswering",
] as const;
const load = pretrainedLoader([{ ...bertFamily, classes: "Bert", heads: headsOf(encoderHeads, ...ends) }]);
const from = (name: string, options: LoadOptions = {}) => load(memory(inMemory(name)), options);

describe("the option head", () => {
  it("overrides the class that config.json names, and the rest of the model stays", async () => {
    const [bare, whole] = [await from("bert-token", { head: "none" }), await from("bert-token")];
    expect(bare.config.architectures).toEqual(["BertModel"]);
    expect(bare.model.head).toBe(undefined);
    const ids = [[3, 4, 5]];
    const { hidden } = whole.model;
    expect(difference(bare.model.forward(ids), hidden.call(whole.model, ids))).toBe(0);
  });

  it.each(["bert-masked-lm", "bert-sequence", "bert-token", "bert-qa"])(
    "without a head, %s keeps the head's tensors: saved and opened with its own class, it is what it was",
    async (name) => {
      const [bare, whole] = [await from(name, { head: "none" }), await from(name)];
      const target = memory();
      await savePretrained(bare, target);
      const config = JSON.parse(new TextDecoder().decode(target.files.get("config.json")));
      expect(config.architectures).toEqual(["BertModel"]);
      // The saved directory opens as the bare model,
      await load(target);
      // and with the head that it had.
      const again = await load(target, { head: headOf[name]! });
      const { expected } = await loadFixture(name);
      expect(
        difference(again.model.forward(expected.ids("input_ids"), typesIn(expected)), outputOf(whole, expected)),
      ).toBe(0);
    },
  );

  it("that the checkpoint lacks is an error that lists what is missing and says how to get a new one", async () => {
    const failing = from("bert-base", { head: "sequenceClass" });
    await expect(failing).rejects.toThrow(FormatError);
    await expect(failing).rejects.toThrow(
      /missing tensors: classifier\.weight .*classifier\.bias.*head: \{ kind, seed \}/,
    );
  });

  it("is drawn from a seed if the checkpoint lacks it, with as many classes as asked for, and is saved", async () => {
    const head = { kind: "sequenceClass", labels: 5, seed: 7 } as const;
    const [one, other] = [await from("bert-base", { head }), await from("bert-base", { head: { ...head, seed: 8 } })];
    const ids = [[3, 4, 5]];
    expect(one.model.forward(ids).shape).toEqual([1, 5]);
    expect(one.model.forward(ids).toArray()).not.toEqual(other.model.forward(ids).toArray());
    expect(one.model.forward(ids).toArray()).toEqual((await from("bert-base", { head })).model.forward(ids).toArray());
    const target = memory();
    await savePretrained(one, target);
    const again = await load(target);
    expect(again.config.architectures).toEqual(["BertForSequenceClassification"]);
    expect(again.model.forward(ids).toArray()).toEqual(one.model.forward(ids).toArray());
  });

  it("is drawn from a seed in place of one with another number of classes, and is saved", async () => {
    const before = await from("bert-token");
    const ids = [[3, 4, 5]];
    const labels = before.model.forward(ids).shape.at(-1)!;
    const head = { kind: "tokenClass", labels: labels + 2, seed: 1 } as const;
    const loaded = await from("bert-token", { head });
    expect(loaded.model.forward(ids).shape).toEqual([1, 3, labels + 2]);
    expect(loaded.model.hidden(ids).toArray()).toEqual(before.model.hidden(ids).toArray());
    const target = memory();
    await savePretrained(loaded, target);
    expect((await load(target)).model.forward(ids).toArray()).toEqual(loaded.model.forward(ids).toArray());
    await expect(from("bert-token", { head: { ...head, seed: undefined } })).rejects.toThrow(FormatError);
  });

  it("draws nothing that the checkpoint has, and nothing but the head", async () => {
    const files = inMemory("bert-token");
    const { model } = await load(memory(files), { head: { kind: "tokenClass", seed: 1 } });
    const { expected } = await loadFixture("bert-token");
    expect(
      difference(model.forward(expected.ids("input_ids"), typesIn(expected)), expected.tensor("logits")),
    ).toBeLessThan(1e-5);
    const config = JSON.parse(new TextDecoder().decode(files.get("config.json")));
    files.set(
      "config.json",
      new TextEncoder().encode(JSON.stringify({ ...config, hidden_size: 16, num_attention_heads: 4 })),
    );
    await expect(load(memory(files), { head: { kind: "tokenClass", seed: 1 } })).rejects.toThrow(FormatError);
  });

  it.each<[LoadOptions["head"] | number, typeof TypeError, RegExp]>([
    ["sequence" as "none", RangeError, /fromPretrained: head must be "languageModel" or/],
    [3, TypeError, /head must be a head, or \{ kind, labels, seed \}/],
    [{ kind: "tokenClass", label: 3 } as never, TypeError, /did you mean "labels"/],
    [{ kind: "tokenClass", labels: 0 }, RangeError, /labels must be a whole number of 1 or more/],
    [{ kind: "none", labels: 3 }, RangeError, /labels has no effect for none/],
    ["languageModel", RangeError, /bert has no languageModel; its heads are none, maskedLanguageModel/],
  ])("%j is refused", async (head, kind, message) => {
    const failing = from("bert-base", { head } as LoadOptions);
    await expect(failing).rejects.toThrow(kind);
    await expect(failing).rejects.toThrow(message);
  });

  it("of a family that has one head only is refused", async () => {
    await expect(
      pretrainedLoader([{ ...bertFamily, heads: undefined }])(memory(inMemory("bert-base")), { head: "none" }),
    ).rejects.toThrow("only the one that its config names");
  });
});

type Loaded = Awaited<ReturnType<typeof from>>;
type Reference = Awaited<ReturnType<typeof loadFixture>>["expected"];

const typesIn = (expected: Reference) => ({ types: expected.ids("token_type_ids") });
const outputOf = ({ model }: Loaded, expected: Reference) =>
  model.forward(expected.ids("input_ids"), typesIn(expected));

const headOf: Record<string, Head> = {
  "bert-masked-lm": "maskedLanguageModel",
  "bert-sequence": "sequenceClass",
  "bert-token": "tokenClass",
  "bert-qa": "questionAnswering",
};
