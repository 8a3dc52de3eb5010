import { describe, expect, it } from "vitest";
import { fromPretrained } from "../../src/families";
import { generate } from "../../src/generation";
import { hasPublished, published, publishedJson } from "../published";
import { fixtureModel, greedyCases, writers } from "./reference-model";

/** transformers fills rows that have ended; they are cut here. */
function cut(row: readonly number[], start: number, endToken: number | null): number[] {
  const end = row.findIndex((id, i) => i >= start && id === endToken);
  return end < 0 ? [...row] : row.slice(0, end + 1);
}

const cache = [{ cache: true }, { cache: false }];

describe.each(writers)("greedy text of %s equals that of transformers", (family) => {
  const cases = Object.entries(greedyCases(family)).map(([name, reference]) => ({ name, ...reference }));

  it.each(cases.flatMap((one) => cache.map((how) => ({ ...one, ...how }))))(
    "$name, cache $cache",
    async ({ options, prompts, mask, outputs, cache }) => {
      const model = await fixtureModel(family);
      const { max_new_tokens: maxNewTokens, eos_token_id: endToken } = options;
      const common = { maxNewTokens, endTokens: endToken === null ? [] : [endToken], cache };
      if (mask) {
        const expected = outputs.map((row, index) => cut(row, prompts[index]!.length, endToken));
        expect((await generate(model, prompts, { ...common, mask })).sequences).toEqual(expected);
        return;
      }
      // An end that is forced upon the last of all tokens is not available.
      const compared = options.forced_eos_token_id === 0 ? -1 : undefined;
      for (const [index, prompt] of prompts.entries()) {
        const [row] = (await generate(model, [prompt], common)).sequences;
        expect(row!.slice(0, compared)).toEqual(outputs[index]!.slice(0, compared));
      }
    },
  );
});

describe.skipIf(!hasPublished("stories260K/hf"))("a published model, stories260K,", () => {
  it.each(cache)(
    "writes the 200 greedy tokens of its author, cache $cache",
    async ({ cache }) => {
      const { model } = await fromPretrained(published("stories260K/hf/"));
      const { greedy_ids: greedy } = publishedJson("stories260K/hf/golden.json") as { greedy_ids: number[] };
      const maxNewTokens = greedy.length - 1;
      const { sequences } = await generate(model, [greedy.slice(0, 1)], { maxNewTokens, endTokens: [], cache });
      expect(sequences).toEqual([greedy]);
    },
    120_000,
  );
});
