import { readFileSync } from "node:fs";
import { initialize, type Pass, RelativePositions, type Tensor } from "transformer-blocks";
import { describe, expect, it } from "vitest";

interface Case {
  buckets: number;
  maxDistance: number;
  causal: boolean;
  span: number;
  found: number[];
}
const cases: Case[] = JSON.parse(
  readFileSync(new URL("../fixtures/blocks/relative-positions.json", import.meta.url), "utf8"),
);

/** Positions whose table holds each bucket's own number, for one head. */
function numbered({ buckets, maxDistance, causal }: Pick<Case, "buckets" | "maxDistance" | "causal">) {
  const positions = new RelativePositions({ heads: 1, buckets, maxDistance, causal });
  positions.weight.assign(Float32Array.from({ length: buckets }, (_, bucket) => bucket));
  return positions;
}

/** The table of head 0: [query][key]. */
const grid = (bias: Tensor): number[][] => {
  const [, , queries = 0, keys = 0] = bias.shape;
  return Array.from({ length: queries }, (_, query) => [...bias.data.subarray(query * keys, (query + 1) * keys)]);
};

describe("relative positions", () => {
  it.each(cases)(
    "$buckets buckets up to $maxDistance, causal $causal: every distance has the reference's bucket",
    ({ span, found, ...config }) => {
      const rows = grid(numbered(config).forward({ queries: span + 1, keys: span + 1 }));
      expect([...rows[span]!.slice(0, -1), ...rows[0]!]).toEqual(found);
    },
  );

  it("distances depend on the difference of positions alone, and the queries are the last positions", () => {
    const positions = numbered({ buckets: 8, maxDistance: 16, causal: true });
    const all = grid(positions.forward({ queries: 20, keys: 20 }));
    expect(grid(positions.forward({ queries: 3, keys: 20 }))).toEqual(all.slice(17));
    for (let i = 1; i < 20; i++) expect(all[i]!.slice(1)).toEqual(all[i - 1]!.slice(0, -1));
  });

  it("each head has a column of the table", () => {
    const positions = initialize(new RelativePositions({ heads: 3, buckets: 4, maxDistance: 9 }), { seed: 1 });
    const table = positions.weight.data;
    const bias = positions.forward({ queries: 1, keys: 2 });
    expect([...bias.data]).toEqual([0, 1, 2].flatMap((head) => [table[3 + head], table[head]]));
  });

  it("one pass computes it once for all layers that share it, for each number of keys", () => {
    const positions = initialize(new RelativePositions({ heads: 2 }), { seed: 1 });
    const pass: Pass = { shared: new Map() };
    const first = positions.forward({ queries: 4, keys: 4, pass });
    expect(positions.forward({ queries: 4, keys: 4, pass })).toBe(first);
    expect(positions.forward({ queries: 4, keys: 5, pass }).shape).toEqual([1, 2, 4, 5]);
    expect(positions.forward({ queries: 4, keys: 4, pass: { shared: new Map() } })).not.toBe(first);
    expect(positions.forward({ queries: 0, keys: 3 }).shape).toEqual([1, 2, 0, 3]);
  });

  it("rejects sizes that no bias can have", () => {
    expect(() => new RelativePositions({ heads: 2, buckets: 3 })).toThrow(
      "RelativePositions: 3 buckets are too few for both directions; use at least 4, or causal: true",
    );
    expect(() => new RelativePositions({ heads: 2, buckets: 1, causal: true })).toThrow(RangeError);
    expect(() => new RelativePositions({ heads: 0 })).toThrow(RangeError);
    expect(() => new RelativePositions({ heads: 2, numBuckets: 8 } as never)).toThrow('did you mean "buckets"?');
    expect(() => new RelativePositions({ heads: 2, bidirectional: true } as never)).toThrow(
      "causal: true is the opposite",
    );
    const positions = initialize(new RelativePositions({ heads: 2 }), { seed: 1 });
    expect(() => positions.forward({ queries: 5, keys: 4 })).toThrow(
      "RelativePositions: 5 queries are more than 4 keys; the queries are the last positions of the keys",
    );
    expect(() => positions.forward({ queries: 1.5, keys: 4 })).toThrow(RangeError);
  });
});
