import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { processors } from "../../src/generation";
import { hasPublished, publishedJson } from "../published";
import { infinite, type ProcessorCase, scoresOf } from "./processor-cases";

interface FixtureCase extends ProcessorCase {
  /** Tied tokens: transformers chooses any of them, so only how many stay can be compared. */
  ties?: true;
}
const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/generation/${name}.json`, import.meta.url), "utf8"));
const cases: FixtureCase[] = fixture("processors");

const titled = cases.map((one) => ({ ...one, title: JSON.stringify(one.fields) }));

function expectClose(found: Float32Array, after: Float32Array): void {
  after.forEach((score, id) => {
    if (!Number.isFinite(score)) expect(found[id], `token ${id}`).toBe(score);
    else expect(Math.abs(found[id]! - score), `token ${id}`).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(score)));
  });
}

describe("fields of generation_config.json change scores as in transformers, alone and in its order", () => {
  it.each(titled)("$title", (one) => {
    const found = scoresOf(one);
    const after = Float32Array.from(one.after, infinite);
    if (one.ties) expectClose(found.toSorted(), after.toSorted());
    else expectClose(found, after);
  });

  it("nearly all scores are equal bit by bit", () => {
    const plain = cases.filter(({ ties }) => !ties);
    const pairs = plain.flatMap((one) =>
      [...scoresOf(one)].map((score, id) => [score, Math.fround(infinite(one.after[id]!))]),
    );
    expect(pairs.filter(([a, b]) => a !== b).length / pairs.length).toBeLessThan(0.01);
  });
});

interface Goldens {
  input_ids: number[][];
  scores: number[][];
  cases: { processor: string; params: Record<string, number>; out: (number | null)[][] }[];
}

/** The field of generation_config.json for each name in the published file. */
const fieldNames: Record<string, (params: Record<string, number>) => Record<string, unknown>> = {
  temperature: ({ temperature }) => ({ do_sample: true, top_k: 0, temperature }),
  top_k: ({ k }) => ({ do_sample: true, top_k: k }),
  top_p: ({ p }) => ({ do_sample: true, top_k: 0, top_p: p }),
  min_p: ({ min_p }) => ({ do_sample: true, top_k: 0, min_p }),
  typical: ({ mass }) => ({ do_sample: true, top_k: 0, typical_p: mass }),
  epsilon: ({ epsilon }) => ({ do_sample: true, top_k: 0, epsilon_cutoff: epsilon }),
  eta: ({ epsilon }) => ({ do_sample: true, top_k: 0, eta_cutoff: epsilon }),
  repetition_penalty: ({ penalty }) => ({ repetition_penalty: penalty }),
  no_repeat_ngram: ({ n }) => ({ no_repeat_ngram_size: n }),
  min_length: ({ min_length, eos }) => ({ min_length, eos_token_id: eos }),
  normalize: () => ({ renormalize_logits: true }),
};

describe.skipIf(!hasPublished("goldens/logits-processors.json"))("scores of a published file", () => {
  const {
    input_ids,
    scores,
    cases: published,
  } = hasPublished("goldens/logits-processors.json")
    ? (publishedJson("goldens/logits-processors.json") as Goldens)
    : { input_ids: [], scores: [], cases: [] };

  it.each(published)("$processor $params", ({ processor, params, out }) => {
    out.forEach((after, row) => {
      const ids = input_ids[row]!;
      const fields = fieldNames[processor]!(params);
      const one = { fields, ids, step: 0, source: ids, maxLength: 99, scores: scores[row]!, after };
      expectClose(scoresOf(one), Float32Array.from(after, infinite));
    });
  });
});

describe("a watermark", () => {
  const {
    found,
    options,
  }: { found: { ids: number[]; scored: number; green: number; z: number }[][]; options: object[] } =
    fixture("watermark");

  it.each(options.map((given, i) => ({ given, texts: found[i]! })))(
    "is found as transformers' detector finds it: $given",
    ({ given, texts }) => {
      for (const { ids, scored, green, z } of texts) {
        const finding = processors.detectWatermark(ids, { ...given, vocabSize: 60 });
        expect(finding).toMatchObject({ scored, green });
        expect(finding.zScore).toBeCloseTo(z, 5);
      }
    },
  );
});
