import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromPretrained, savePretrained } from "../../src/families";
import { EncoderDecoderModel, EncoderModel } from "../../src/models";
import { difference, differentFile, Expected, memory } from "./fixture";

const fixtures = new URL("../fixtures/uneven/", import.meta.url);

// Made by transformers: test/reference/uneven_models.py.
describe.each(readdirSync(fixtures))("sizes that disagree, and fields that config.json leaves out: %s", (name) => {
  const directory = new URL(`${name}/`, fixtures);

  it("give transformers' logits", async () => {
    const { model } = await fromPretrained(directory);
    const expected = new Expected(new URL("expected.safetensors", directory));
    const ids = expected.ids("input_ids");
    const types = expected.has("token_type_ids") ? expected.ids("token_type_ids") : undefined;
    const logits =
      model instanceof EncoderDecoderModel
        ? model.forward(ids, expected.ids("decoder_input_ids"))
        : model.forward(ids, model instanceof EncoderModel ? { types } : {});
    expect(difference(logits, expected.tensor("logits"))).toBeLessThanOrEqual(1e-5);
  });

  it("and the directory is saved byte for byte", async () => {
    const names = ["config.json", "model.safetensors"];
    const files = new Map(names.map((file) => [file, new Uint8Array(readFileSync(new URL(file, directory)))]));
    const target = memory();
    await savePretrained(await fromPretrained(directory), target);
    expect(differentFile(target.files, files)).toBe(undefined);
  });
});
