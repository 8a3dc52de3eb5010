import { type KeysAndValues, KeyValueCache, MultiHeadAttention, ones, ShapeError, zeros } from "transformer-blocks";
import { describe, expect, it } from "vitest";

/** What JavaScript lets through where TypeScript does not. */
const untyped = <T>(value: unknown): T => value as T;

describe("keys and values of a memory", () => {
  const module = new MultiHeadAttention({ dModel: 4, heads: 2 });
  const source = zeros([1, 3, 4]);
  const compute = (): KeysAndValues => ({ k: ones([1, 3, 2, 2]), v: zeros([1, 3, 2, 2]), keys: 3 });

  it("are computed once for each module and source", () => {
    const cache = new KeyValueCache({ capacity: 4 });
    const asked: string[] = [];
    const remember = (name: string, owner = module, of = source) =>
      cache.remember(owner, of, () => {
        asked.push(name);
        return compute();
      });
    const first = remember("first");
    expect(remember("again").k).toBe(first.k);
    remember("another module", new MultiHeadAttention({ dModel: 4, heads: 2 }));
    remember("another source", module, zeros([1, 3, 4]));
    expect(asked).toEqual(["first", "another module", "another source"]);
  });

  it("must be tensors of heads", () => {
    const remember = (given: unknown) => () =>
      new KeyValueCache({ capacity: 4 }).remember(module, source, () => untyped(given));
    for (const given of [undefined, null, {}, { k: [1] }])
      expect(remember(given)).toThrow(/^KeyValueCache: k must be a Tensor/);
    expect(remember({ k: ones([1, 3, 2, 2]) })).toThrow(/^KeyValueCache: v must be a Tensor/);
    expect(remember({ ...compute(), v: ones([3, 2, 2]) })).toThrow(ShapeError);
    expect(remember(compute())).not.toThrow();
  });
});
