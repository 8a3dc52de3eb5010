import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantize } from "../../src/blocks";
import {
  add,
  full,
  initials,
  type NestedArray,
  ones,
  Parameter,
  random,
  relu,
  reshape,
  ShapeError,
  Tensor,
  tensor,
  zeros,
} from "../../src/tensor";
import { prepareQuantized } from "../../src/tensor/internal";
import { tensors } from "../../src/testing";

describe("a tensor's shape and buffer always agree", () => {
  it("refuses a buffer that does not fill the shape", () => {
    for (const [shape, length] of [
      [[4], 2],
      [[2], 4],
      [[], 0],
      [[0, 3], 1],
      [[2, 3], 5],
    ] as const)
      expect(() => new Tensor(shape, new Float32Array(length))).toThrow(ShapeError);
    expect(() => new Tensor([4], Float32Array.of(1, 2))).toThrow(/2 numbers .*\[4\]/);
  });

  it("refuses one from a subclass too", () => {
    class Own extends Tensor {
      constructor(buffer: Float32Array) {
        super([2], buffer);
      }
    }
    expect(() => new Own(Float32Array.of(1))).toThrow(ShapeError);
    expect(new Own(Float32Array.of(1, 2)).toArray()).toEqual([1, 2]);
  });

  it("has values, unless it is a parameter that was given none", () => {
    for (const x of [tensor(1), zeros([0]), relu(ones([2]))]) expect(x.hasValues).toBe(true);
    const parameter = new Parameter([2], initials.ones());
    expect(parameter.hasValues).toBe(false);
    parameter.assign(Float32Array.of(1, 2));
    expect(parameter.hasValues).toBe(true);
  });

  it("keeps its shape, whatever is done to the array that it was made with or to another tensor's", () => {
    const shape = [2];
    const x = new Tensor(shape, Float32Array.of(1, 2));
    shape[0] = 9;
    Object.assign(relu(x).shape, [9]);
    Object.assign(reshape(x, x.shape).shape, [9]);
    expect(x.shape).toEqual([2]);
    expect(add(x, 1).toArray()).toEqual([2, 3]);
  });

  it("refuses to be used once its own shape was changed, so that no kernel reads past its numbers", () => {
    const x = tensor([1, 2]);
    Object.assign(x.shape, [9]);
    for (const use of [() => add(x, 1), () => x.toArray(), () => String(x), () => [...x]])
      expect(use).toThrow(/\[9\]: its data has 2 numbers: .* changed/);
  });

  it("says so when its numbers were transferred away", () => {
    const x = tensor([1, 2, 3]);
    structuredClone(x.data, { transfer: [x.data.buffer as ArrayBuffer] });
    expect(() => add(x, 1)).toThrow(/transferred.*slice\(\)/);
    expect(() => x.toArray()).toThrow(TypeError);
    expect(() => String(x)).toThrow(TypeError);
  });
});

describe("tensor", () => {
  it("reads the shape off nested arrays", () => {
    expect(tensor(5).shape).toEqual([]);
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
    expect(tensor([[[1], [2]]]).shape).toEqual([1, 2, 1]);
    expect([
      ...tensor([
        [1, 2],
        [3, 4],
      ]).data,
    ]).toEqual([1, 2, 3, 4]);
  });

  it("takes flat numbers with a shape", () => {
    expect(tensor([1, 2, 3, 4], [2, 2]).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(tensor(Float32Array.of(1, 2)).toArray()).toEqual([1, 2]);
    expect(tensor(Float32Array.of(7), []).toArray()).toBe(7);
  });

  it("gives back as nested arrays what it was made of", () => {
    fc.assert(
      fc.property(tensors(), (x) => {
        const again = tensor(x.toArray());
        expect(again.shape).toEqual(x.shape);
        expect(again.data).toEqual(x.data);
      }),
    );
    expect(zeros([2, 0, 3]).toArray()).toEqual([[], []]);
  });

  it("keeps nothing of the caller's arrays", () => {
    const data = Float32Array.of(1, 2);
    const shape = [2, 1];
    const made = [
      tensor(data, shape),
      zeros(shape),
      reshape(tensor(data), shape),
      new Parameter(shape, initials.ones()),
    ];
    data[0] = 9;
    shape[0] = 9;
    expect(made[0]!.toArray()).toEqual([[1], [2]]);
    for (const each of made) expect(each.shape).toEqual([2, 1]);
  });

  it("names the place where nested arrays are ragged or hold no number", () => {
    expect(() => tensor([[1, 2], [3]])).toThrow(ShapeError);
    expect(() => tensor([[1, 2], [3]])).toThrow("tensor: data[0] is an array of 2, but data[1] is an array of 1");
    expect(() => tensor([[1], 2])).toThrow("tensor: data[0] is an array of 1, but data[1] is a number");
    expect(() => tensor([1, [2]])).toThrow("tensor: data[0] is a number, but data[1] is an array of 1");
    // @ts-expect-error strings are no numbers
    expect(() => tensor([[1, "2"]])).toThrow(TypeError);
    // @ts-expect-error strings are no numbers
    expect(() => tensor([[1, "2"]])).toThrow('data[0][1] is "2", not a number');
    // @ts-expect-error null is no number
    expect(() => tensor(null)).toThrow("data must be a number, nested arrays of numbers or a Float32Array, not null");
    const hole = [1, 2, 3];
    delete hole[1];
    expect(() => tensor(hole)).toThrow("data[1] is undefined");
  });

  it("does not follow an array that holds itself, nor allocate for missing rows", () => {
    const loop: NestedArray[] = [];
    loop.push(loop);
    expect(() => tensor(loop)).toThrow(/nested more than 64 deep/);
    const lying = [new Array<number>(100_000).fill(0), ...Array.from({ length: 99_999 }, () => [])];
    expect(() => tensor(lying)).toThrow("data[0] is an array of 100000, but data[1] is an array of 0");
  });

  it("refuses shapes that its numbers do not fill, and sizes that are not whole numbers of 0 or more", () => {
    expect(() => tensor([1, 2, 3], [2, 2])).toThrow(ShapeError);
    expect(() => tensor([1, 2, 3], [2, 2])).toThrow("3 numbers do not fill the shape [2, 2]");
    for (const size of [-1, 1.5, Number.NaN]) {
      expect(() => zeros([size])).toThrow(RangeError);
      expect(() => zeros([size])).toThrow(`zeros: shape[0] must be a whole number of 0 or more, not ${size}`);
    }
    expect(() => ones([2 ** 20, 2 ** 20])).toThrow(/over 2\^32 elements/);
    // @ts-expect-error a shape is an array
    expect(() => full(3, 1)).toThrow(TypeError);
  });

  it("gives its rank, its size, and its only number", async () => {
    const x = full([2, 3], 4);
    expect([x.rank, x.size]).toEqual([2, 6]);
    expect(await x.read()).toBe(x.data);
    expect(ones([1, 1]).item()).toBe(1);
    expect(() => x.item()).toThrow(ShapeError);
    expect(() => zeros([0]).item()).toThrow("[0] has 0 elements");
  });
});

describe("Parameter", () => {
  it("allocates nothing before it has values, and names its path when they are missing", () => {
    const huge = new Parameter([50_000, 50_000], initials.normal(0.02));
    huge.path = "embedding.weight";
    expect(huge.hasValues).toBe(false);
    expect(() => huge.data).toThrow("parameter embedding.weight [50000, 50000] has no values: call initialize");
  });

  it("takes values of its size and no others", () => {
    const parameter = new Parameter([2, 2], initials.zeros());
    parameter.path = "weight";
    expect(() => parameter.assign(new Float32Array(3))).toThrow(
      "parameter weight [2, 2]: 3 numbers do not fill the shape",
    );
    expect(parameter.hasValues).toBe(false);
    parameter.assign(Float32Array.of(1, 2, 3, 4));
    expect(parameter).toBeInstanceOf(Tensor);
    expect(parameter.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("is quantized to a known format, and keeps its values if the format is unknown", () => {
    const parameter = new Parameter([1, 32], initials.ones());
    parameter.assign(new Float32Array(32).fill(1));
    // @ts-expect-error there is no such format
    expect(() => quantize(parameter, "q3")).toThrow('format must be "q8" or "q4", not "q3"');
    expect(() => prepareQuantized(parameter, { weights: "q8" }, new Float32Array(31))).toThrow(ShapeError);
    expect(() => quantize(new Parameter([1, 31], initials.ones()), "q8")).toThrow(ShapeError);
    expect([parameter.quantized, parameter.data[31]]).toEqual([undefined, 1]);
  });

  it("draws its first values from the distribution that it names", () => {
    const draw = (initial: ReturnType<typeof initials.normal>) => initial(random(1), [100, 100]);
    expect(new Set(draw(initials.zeros()))).toEqual(new Set([0]));
    expect(new Set(draw(initials.ones()))).toEqual(new Set([1]));
    const normal = draw(initials.normal(0.5));
    const variance = normal.reduce((total, x) => total + x * x, 0) / normal.length;
    expect(Math.abs(variance - 0.25)).toBeLessThan(4 * 0.25 * Math.sqrt(2 / normal.length));
    const uniform = draw(initials.uniform(0.3));
    expect(uniform.every((x) => Math.abs(x) <= Math.fround(0.3))).toBe(true);
    expect(Math.min(...uniform)).toBeLessThan(-0.29);
    expect(Math.max(...uniform)).toBeGreaterThan(0.29);
  });
});
