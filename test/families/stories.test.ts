import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Sequence } from "../../src/blocks";
import { fromPretrained, savePretrained } from "../../src/families";
import { DecoderModel } from "../../src/models";
import { reshape, type Tensor } from "../../src/tensor";
import { hasPublished, published } from "../published";
import { difference, Expected, memory, outputsOf } from "./fixture";

const directory = published("stories260K/hf/");

describe.skipIf(!hasPublished("stories260K/hf"))("stories260K, a published llama,", () => {
  it("gives the logits and hidden states that PyTorch gives", async () => {
    const { model } = await fromPretrained(directory, { model: DecoderModel });
    const expected = new Expected(new URL("expected.safetensors", directory));
    const ids = [[...expected.tensor("input_ids").data]];
    const seen = outputsOf(model, (tap) => {
      const logits = model.forward(ids, { tap });
      const reference = expected.tensor("logits");
      expect(difference(reshape(logits, [...reference.shape]), reference)).toBeLessThanOrEqual(1e-5);
    });
    const last = seen.length - 1;
    seen[last] = model.norm!.forward(seen[last] as Tensor<Sequence>);
    seen.forEach((state, i) => {
      const reference = expected.tensor(`hidden_${i}`);
      expect(difference(reshape(state, [...reference.shape]), reference), `hidden_${i}`).toBeLessThanOrEqual(1e-5);
    });
  });

  it("is saved with the bytes it was published with", async () => {
    const target = memory();
    await savePretrained(await fromPretrained(directory), target);
    const published = readFileSync(new URL("model.safetensors", directory));
    expect(Buffer.compare(target.files.get("model.safetensors")!, published)).toBe(0);
  });
});
