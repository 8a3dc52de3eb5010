import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { initialize, Linear, quantize } from "../../src/blocks";
import {
  add,
  initials,
  multiply,
  ones,
  Parameter,
  type Shape,
  ShapeError,
  sum,
  Tensor,
  tensor,
  valueAndGradients,
  zeros,
} from "../../src/tensor";

const matrix = tensor([1, 2, 3, 4], [2, 2]);
const special = tensor([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0.1, 3.4e38]);

describe("a tensor's numbers are seen", () => {
  it("in Node's and Bun's console, and inside other values", () => {
    expect(inspect(matrix)).toBe("Tensor [2, 2]\n[[1. 2.]\n [3. 4.]]");
    expect(inspect({ x: tensor([1, 2]) })).toBe("{ x: Tensor [2] [1. 2.] }");
    expect(inspect({ a: { b: { c: tensor([1, 2]) } } }, { depth: 1 })).not.toContain("1.");
    expect(inspect(tensor(0.5))).toBe("Tensor [] 0.5");
  });

  it("in Deno's console", () => {
    const print: unknown = Reflect.get(matrix, Symbol.for("Deno.customInspect"));
    expect(Reflect.apply(print as () => string, matrix, [])).toBe(String(matrix));
  });

  it("in consoles that list own properties, as a browser's does", () => {
    expect(Object.entries(matrix)).toEqual([
      ["shape", [2, 2]],
      ["data", Float32Array.of(1, 2, 3, 4)],
    ]);
  });

  it("in text", () => {
    expect(`loss ${tensor(2)}, row ${tensor([1, 2])}`).toBe("loss Tensor [] 2., row Tensor [2] [1. 2.]");
    expect(String(zeros([40, 50])).length).toBeLessThan(500);
  });

  it("in JSON, from which tensor makes them again, NaN, infinities and -0 too", () => {
    const text = JSON.stringify({ x: matrix, special });
    expect(JSON.parse(text).x).toEqual({ shape: [2, 2], data: [1, 2, 3, 4] });
    expect(tensor(JSON.parse(text).x)).toStrictEqual(matrix);
    expect(tensor(JSON.parse(text).special)).toStrictEqual(special);
    expect(tensor(JSON.parse(JSON.stringify(tensor(5))))).toStrictEqual(tensor(5));
    expect(tensor(JSON.parse(JSON.stringify(zeros([2, 0]))))).toStrictEqual(zeros([2, 0]));
  });

  it("in what structuredClone and messages to workers bring, from which tensor makes them again", () => {
    const all: Tensor[] = [matrix, special, tensor(5), zeros([2, 0])];
    for (const x of all) {
      const clone = structuredClone(x);
      expect([...clone.data]).toEqual([...x.data]);
      expect(clone).not.toBeInstanceOf(Tensor);
      expect(tensor(clone)).toStrictEqual(x);
    }
  });

  it("of parameters, by their path, quantized too, or that they have none", () => {
    const { weight } = initialize(new Linear({ inFeatures: 32, outFeatures: 8 }), { seed: 1 });
    expect(String(weight)).toMatch(/^Parameter weight \[8, 32\]\n\[\[/);
    expect(tensor(structuredClone(weight))).toEqual(tensor(weight.data, weight.shape));
    quantize(weight, "q8");
    expect(String(weight)).toMatch(/^Parameter weight q8 \[8, 32\]\n\[\[/);
    const sameNumbers = String(tensor(weight.data, weight.shape)).replace("Tensor", "Parameter weight q8");
    expect(inspect(weight)).toBe(sameNumbers);
    expect(inspect(new Parameter([2, 3], initials.ones()))).toBe("Parameter [2, 3] without values");
  });

  it("and JSON of anything else is refused", () => {
    // @ts-expect-error a saved tensor has data
    expect(() => tensor({ shape: [1] })).toThrow("tensor: data must be a number");
    expect(() => tensor({ shape: [2], data: [1] })).toThrow(ShapeError);
    expect(() => tensor({ shape: [1], data: ["nan"] })).toThrow('tensor: data[0] is "nan", not a number');
    for (const data of [5, "12", {}, new Set([1]), Float64Array.of(1), null]) {
      // @ts-expect-error a saved tensor's data is an array of numbers
      const restore = () => tensor({ shape: [1], data });
      expect(restore, String(data)).toThrow(TypeError);
      expect(restore, String(data)).toThrow("tensor: data must be");
    }
    // @ts-expect-error a saved tensor and a shape
    expect(() => tensor({ shape: [1], data: [1] }, [1])).toThrow("tensor: a saved tensor has a shape");
  });
});

describe("iteration", () => {
  it("gives rows, which are tensors", () => {
    const x = tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
    expect([...x]).toStrictEqual([tensor([1, 2, 3, 4], [2, 2]), tensor([5, 6, 7, 8], [2, 2])]);
    expect([...tensor([1, 2])]).toStrictEqual([tensor(1), tensor(2)]);
    expect([...zeros([0, 2])]).toEqual([]);
    expect([...zeros([2, 0])].map(({ shape }) => shape)).toEqual([[0], [0]]);
    const [first] = x;
    expect(first).toStrictEqual(tensor([1, 2, 3, 4], [2, 2]));
  });

  it("copies rows: a parameter that is changed later leaves them as they were", () => {
    const parameter = new Parameter([1, 2], initials.ones());
    parameter.assign(Float32Array.of(1, 2));
    const [row] = parameter;
    parameter.data[0] = 9;
    expect(row!.toArray()).toEqual([1, 2]);
  });

  it("over a single number is a TypeError", () => {
    expect(() => [...tensor(1)]).toThrow(TypeError);
  });

  it("has gradients: each row's goes to its place", () => {
    const x = tensor([1, 2, 3, 4], [2, 2]);
    const { gradients } = valueAndGradients([x], () => {
      const [first, second] = x;
      return add(sum(multiply(first!, 10)), sum(multiply(second!, second!)));
    });
    expect(gradients.get(x).toArray()).toEqual([
      [10, 10],
      [6, 8],
    ]);
  });
});

describe("a tensor's shape and buffer", () => {
  it("agree when it is made", () => {
    expect(() => new Tensor([4], Float32Array.of(1, 2))).toThrow(ShapeError);
    expect(() => new Tensor([4], Float32Array.of(1, 2))).toThrow(
      "Tensor: a buffer of 2 numbers does not fill the shape [4]",
    );
    expect(() => new Tensor([-1, -2], Float32Array.of(1, 2))).toThrow("Tensor: shape[0] must be a whole number");
    expect(() => new Tensor([0.5, 4], Float32Array.of(1, 2))).toThrow("Tensor: shape[0]");
    expect(() => new Tensor([2], [1, 2] as never)).toThrow("Tensor: buffer must be a Float32Array, not an array");
    expect(() => new Tensor([2], undefined)).toThrow("Tensor: buffer must be a Float32Array, not undefined");
  });

  it("agree whenever kernels read it, whatever was done to them", () => {
    const tampered: Record<string, (x: Tensor<[2]>) => void> = {
      "another shape": (x) => Object.assign(x, { shape: [1000] }),
      "other data": (x) => Object.assign(x, { data: new Float32Array(1) }),
      "moved data": (x) => void structuredClone(x.data, { transfer: [x.data.buffer as ArrayBuffer] }),
    };
    for (const [name, tamper] of Object.entries(tampered)) {
      const x = tensor([1, 2]);
      tamper(x);
      expect(() => add(x, 1), name).toThrow(/^Tensor \[/);
      expect(() => add<Shape, Shape>(ones([1000]), x), name).toThrow(Error);
      expect(() => x.toArray(), name).toThrow(/^Tensor \[/);
    }
  });
});
