import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type GenerateOptions, generate } from "../../src/generation";
import { modelOf } from "./runs";

/** Every fixture that writes text: learned positions, rotary, ALiBi, windows, convolutions, recurrent states, latents. */
const writers = ["decoder", "encoder-decoder", "encoder"].flatMap((kind) => {
  const folder = new URL(`../fixtures/families/${kind}/`, import.meta.url);
  const names = readdirSync(folder).filter((name) => {
    const expected = readdirSync(new URL(`${name}/`, folder)).includes("expected.json");
    return expected && "greedy" in JSON.parse(readFileSync(new URL(`${name}/expected.json`, folder), "utf8"));
  });
  return names.map((name) => `families/${kind}/${name}`);
});

/** Its rotary factors are those of the longest row, as in transformers. */
const together = "families/decoder/phi3-grown";

const prompts = [[9, 8, 7, 6, 5, 4, 3, 10, 11], [12], [13, 9, 14, 6]];
const options: GenerateOptions = { maxNewTokens: 3, endTokens: [], outputLogits: true };

describe("a row is what it is alone, beside longer and shorter ones", () => {
  it.each(writers.filter((name) => name !== together))("%s", async (name) => {
    const model = await modelOf(name, 3);
    const all = await generate(model, prompts, options);
    for (const [row, prompt] of prompts.entries()) {
      const alone = await generate(model, [prompt], options);
      expect(all.sequences[row]).toEqual(alone.sequences[0]);
      const wanted = alone.logits![0]!.data;
      const scale = wanted.reduce((most, score) => Math.max(most, Math.abs(score)), 1);
      all.logits![row]!.data.forEach((score, i) => {
        if (Math.abs(score - wanted[i]!) > 1e-5 * scale) throw new Error(`${name}: ${score}, not ${wanted[i]}`);
      });
    }
  });
});
