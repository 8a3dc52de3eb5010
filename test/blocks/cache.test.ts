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

describe("the room of a cache", () => {
  const heads = (seq: number, dim = 2, rows = 1) => ones([rows, seq, 2, dim]);
  const attention = new MultiHeadAttention({ dModel: 4, heads: 2 });

  it("is for up to twice the positions held and no more than its capacity, and stays where it is until it is full", () => {
    for (const capacity of [1, 5, 16, 100]) {
      const cache = new KeyValueCache({ capacity });
      const rooms = new Set<ArrayLike<number>>();
      for (let held = 1; held <= capacity; held++) {
        const { k, v, keys } = cache.append(attention, heads(1), heads(1));
        cache.advance(1);
        expect(keys).toBe(held);
        for (const { shape } of [k, v]) {
          expect(shape[1]).toBeGreaterThanOrEqual(held);
          expect(shape[1]).toBeLessThanOrEqual(Math.min(capacity, 2 * held));
        }
        rooms.add(k.data);
      }
      expect(rooms.size).toBeLessThanOrEqual(1 + Math.ceil(Math.log2(capacity)));
    }
  });

  it.each([
    ["keys", heads(1, 3), heads(1)],
    ["values", heads(1), heads(1, 3)],
    ["rows", heads(1, 2, 2), heads(1, 2, 2)],
  ])("is not for %s of another size than those held", (_, k, v) => {
    const cache = new KeyValueCache({ capacity: 4 });
    cache.append(attention, heads(1), heads(1));
    // Nothing is held yet: a pass that failed does not say what the next one is.
    expect(cache.append(attention, k, v)).toMatchObject({ k: { shape: [k.shape[0], 1, 2, k.shape[3]] } });
    expect(cache.append(attention, k, v).v.shape).toEqual([v.shape[0], 1, 2, v.shape[3]]);
    cache.append(attention, heads(1), heads(1));
    cache.advance(1);
    expect(() => cache.append(attention, k, v)).toThrow(ShapeError);
    expect(cache.append(attention, heads(1), heads(1)).keys).toBe(2);
  });
});
