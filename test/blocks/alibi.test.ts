import { AlibiPositions, attentionWeights, MultiHeadAttention, type Tensor, tensor } from "transformer-blocks";
import { alibiLaws, checkLaws } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { normal } from "../kernels/compare";
import { fixture, pick } from "./fixture";

// See test/reference/alibi_fixture.py.
const theirs = fixture("blocks/alibi");
const mask = pick(theirs, "mask").toArray() as number[][];
const [batch, keys] = [mask.length, mask[0]!.length];

const families = {
  bloom: (heads: number) => new AlibiPositions({ heads, positions: "unmasked" }),
  falcon: (heads: number) => new AlibiPositions({ heads, positions: "unmasked", precision: "bfloat16" }),
  mpt: (heads: number) => new AlibiPositions({ heads }),
} as const;

const cases = Object.entries(families).flatMap(([family, make]) =>
  [1, 2, 3, 5, 6, 7, 8, 9, 12, 16, 24].map((heads) => ({ family, heads, make })),
);

/** Weights of random scores, in which a shift of a row does not count. */
function weights(bias: Tensor, heads: number, rows: readonly (readonly number[])[]): Tensor {
  const random = (name: string) => tensor(normal(1, name, batch * heads * keys * 2), [batch, keys, heads, 2]);
  return attentionWeights(random("queries"), random("keys"), { bias, mask: rows, causal: true });
}

const distance = (a: Tensor, b: Tensor) => a.data.reduce((most, x, i) => Math.max(most, Math.abs(x - b.data[i]!)), 0);

describe.each(cases)("ALiBi of $family with $heads heads", ({ family, heads, make }) => {
  const their = pick(theirs, `${family}.${heads}`);
  const lifted = tensor(their.data, [their.shape[0]!, heads, 1, keys]);

  it("gives the reference's attention weights, with gaps and padding on both sides", () => {
    const bias = make(heads).forward({ queries: keys, keys, pass: { mask } });
    expect(bias.shape.slice(1)).toEqual([heads, 1, keys]);
    expect(distance(weights(bias, heads, mask), weights(lifted, heads, mask))).toBeLessThan(1e-6);
  });
});

describe("AlibiPositions", () => {
  it("has the laws of linear biases, each row shifted to 0 at its query", () => {
    const bias = ({ heads, queries, keys }: { heads: number; queries: number; keys: number }) => {
      const row = new AlibiPositions({ heads }).forward({ queries, keys }).data;
      const at = (head: number, query: number, key: number) =>
        row[head * keys + key]! - row[head * keys + keys - queries + query]!;
      const values = Array.from({ length: heads * queries * keys }, (_, i) =>
        at(Math.floor(i / (queries * keys)), Math.floor(i / keys) % queries, i % keys),
      );
      return tensor(values, [heads, queries, keys]);
    };
    checkLaws(alibiLaws, bias, { runs: 50 });
  });

  it("biases the newest key by 0, so that long texts lose no precision", () => {
    const alibi = new AlibiPositions({ heads: 12 });
    const long = 100_000;
    const bias = alibi.forward({ queries: 1, keys: long });
    const steepest = [...bias.data.slice(0, long)].slice(-3);
    expect(steepest).toEqual([2, 1, 0].map((back) => Math.fround(back * -(2 ** -1)) + 0));
  });

  it("multiplies the bias by its scale, which Falcon scales as it scales the products", () => {
    const input = { queries: 2, keys: 5 };
    const plain = new AlibiPositions({ heads: 3 }).forward(input);
    const scaled = new AlibiPositions({ heads: 3, scale: 0.25 }).forward(input);
    expect([...scaled.data]).toEqual([...plain.data].map((value) => value / 4));
  });

  it("counts every token if told so, and those that the padding mask keeps otherwise", () => {
    const input = { queries: 1, keys: 4, pass: { mask: [[1, 0, 0, 1]] } };
    const first = (alibi: AlibiPositions) => alibi.forward(input).data[0];
    expect(first(new AlibiPositions({ heads: 1 }))).toBe(-3 * 2 ** -8);
    expect(first(new AlibiPositions({ heads: 1, positions: "unmasked" }))).toBe(-1 * 2 ** -8);
  });

  it("is the same for a decoding step as in the whole pass, whose last row it is", () => {
    const alibi = new AlibiPositions({ heads: 6, positions: "unmasked" });
    const step = alibi.forward({ queries: 1, keys, pass: { mask } });
    expect(step.data).toEqual(alibi.forward({ queries: keys, keys, pass: { mask } }).data);
  });

  it("is refused beside sinks, which would see that its rows are shifted", () => {
    const config = { dModel: 4, heads: 2, scoreBias: new AlibiPositions({ heads: 2 }) };
    expect(() => new MultiHeadAttention({ ...config, sinks: true })).toThrow(TypeError);
    expect(new MultiHeadAttention({ ...config, sinks: false }).sinks).toBe(undefined);
  });
});
