import {
  add,
  type Gradients,
  gpt,
  grad,
  hessianVectorProduct,
  initialize,
  jacobian,
  Linear,
  layerNorm,
  matmul,
  multiply,
  ones,
  Parameter,
  quantize,
  random,
  ShapeError,
  silu,
  sin,
  softmax,
  sum,
  type Tensor,
  tensor,
  valueAndGradients,
  zeros,
} from "transformer-blocks";
import { checkGradients, close } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";

const normal = (seed: number, ...shape: number[]) =>
  tensor(random(seed).normal(shape.reduce((product, size) => product * size, 1)), shape);
const x = normal(1, 4);
const f = () => sum(multiply(sin(x), softmax(multiply(x, x))));
const dot = (a: Tensor, b: Tensor) => sum(multiply(a, b)).item();
const hessian = () => jacobian(x, () => grad([x], f).get(x));

describe("hessianVectorProduct", () => {
  it("is the matrix of second derivatives times the vector, which is symmetric", () => {
    const [u, v] = [normal(2, 4), normal(3, 4)];
    const product = hessianVectorProduct(x, f, v);
    expect(close(product, matmul(hessian(), v), 1e-5)).toBe(true);
    expect(dot(u, product)).toBeCloseTo(dot(v, hessianVectorProduct(x, f, u)), 5);
    expect(
      close(
        hessian(),
        matmul(
          hessian(),
          tensor([
            [1, 0, 0, 0],
            [0, 1, 0, 0],
            [0, 0, 1, 0],
            [0, 0, 0, 1],
          ]),
        ),
        1e-6,
      ),
    ).toBe(true);
  });

  it("takes vectors as over is given: a tensor, a list, a Map, gradients, and lists of these", () => {
    const model = initialize(new Linear({ inFeatures: 2, outFeatures: 2 }), { seed: 1 });
    const y = normal(4, 3, 2);
    const loss = () => sum(sin(model.forward(y)));
    const vectors = new Map([...model.parameters()].map(([path, { shape }], i) => [path, normal(5 + i, ...shape)]));
    const along = normal(9, 3, 2);
    const [weight, bias] = [vectors.get("weight")!, vectors.get("bias")!];
    const wanted = hessianVectorProduct([model.weight, model.bias!, y], loss, [weight, bias, along]);
    const found: Gradients[] = [
      hessianVectorProduct([y, model], loss, [along, vectors]),
      hessianVectorProduct([y, model], loss, new Map([...vectors, ["0", along]])),
      hessianVectorProduct([y, model], loss, [
        along,
        grad(model, () => add(dotOf(model.weight, weight), dotOf(model.bias!, bias))),
      ]),
    ];
    for (const product of found)
      for (const each of [model.weight, model.bias!, y]) expect(product.get(each).data).toEqual(wanted.get(each).data);
  });

  const dotOf = (a: Tensor, b: Tensor) => sum(multiply(a, b));

  it("is zero where second derivatives are, and refuses what depends on nothing", () => {
    expect(hessianVectorProduct(x, () => sum(x), ones([4])).toArray()).toEqual([0, 0, 0, 0]);
    expect(() => hessianVectorProduct(x, () => tensor(1), ones([4]))).toThrow(
      /^hessianVectorProduct: .*depends on nothing/,
    );
    expect(hessianVectorProduct(x, () => tensor(1), ones([4]), { allowUnused: true }).toArray()).toEqual([0, 0, 0, 0]);
  });

  it.each<[string, unknown, unknown, new (message?: string) => Error, RegExp]>([
    ["another shape", x, ones([3]), ShapeError, /vectors\[0\] is \[3\], but its tensor is \[4\]/],
    ["no tensor", x, 3, TypeError, /vectors\[0\] must be a Tensor, not 3/],
    ["too few", [x, zeros([2])], [x], RangeError, /vectors has 1 items, but over has 2/],
    [
      "a missing path",
      [x, zeros([2])],
      new Map([["0", x]]),
      RangeError,
      /vectors has none for "1"; give zeros if it does not move/,
    ],
    ["an unknown path", [x], new Map([["y", x]]), RangeError, /vectors has "y", which nothing/],
    ["two of one tensor", [x, x], [x, ones([4])], RangeError, /vectors\[1\] is a second vector/],
    [
      "a tensor for a list",
      [x],
      x,
      TypeError,
      /vectors must be gradients, a Map of tensors by path, or a list as over is/,
    ],
  ])("refuses %s", (_, over, vectors, kind, message) => {
    const call = () => hessianVectorProduct(over as [Tensor], f, vectors as [Tensor]);
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
  });
});

describe("checkGradients", () => {
  const operations: Record<string, (z: Tensor) => Tensor> = { layerNorm: (z) => layerNorm(z), silu, softmax };
  it.each(Object.entries(operations))("checks gradients of gradients: %s", (_, operation) => {
    const y = normal(11, 2, 4);
    const first = (z: Tensor) => grad([z], () => sum(multiply(operation(z), normal(12, 2, 4)))).get(z);
    expect(checkGradients(first, [y]).maxRelativeError).toBeLessThan(1e-3);
  });
});

describe("jacobian", () => {
  it("gives a single tensor to the function that is differentiated by it, as does hessianVectorProduct", () => {
    const x = tensor([1, 2]);
    const square = (y: Tensor<[2]>) => multiply(y, y);
    expect(jacobian(x, square).toArray()).toEqual(jacobian(x, () => square(x)).toArray());
    const sumOfCubes = (y: Tensor<[2]>) => sum(multiply(square(y), y));
    expect(hessianVectorProduct(x, sumOfCubes, tensor([1, 1])).toArray()).toEqual([6, 12]);
  });

  it("refuses the function in the first place", () => {
    expect(() => jacobian((() => x) as unknown as Tensor, () => x)).toThrow(
      "with the function after it, not a function",
    );
  });

  it("has the shape [...output, ...x], with the derivatives of each element", () => {
    const [a, b] = [normal(6, 2, 3), normal(7, 3, 4)];
    const found = jacobian([a, b], () => matmul(a, b));
    expect(found.get(a).shape).toEqual([2, 4, 2, 3]);
    // ∂(a b)ᵢⱼ / ∂aₖₗ = bₗⱼ where i = k
    const columns = b.toArray() as number[][];
    const wanted = [0, 1].map((i) =>
      [0, 1, 2, 3].map((j) => [0, 1].map((k) => [0, 1, 2].map((l) => (i === k ? columns[l]![j]! : 0)))),
    );
    expect(found.get(a).toArray()).toEqual(wanted);
    expect(found.get(b).shape).toEqual([2, 4, 3, 4]);
  });

  it("of a single number is the gradient, of nothing has no rows, and of what it does not depend on is zero", () => {
    expect(jacobian(x, f).data).toEqual(grad([x], f).get(x).data);
    expect(jacobian(x, () => zeros([0, 2])).shape).toEqual([0, 2, 4]);
    const other = ones([2]);
    expect(jacobian([x, other], () => multiply(x, 2)).get(other)).toEqual(zeros([4, 2]));
    expect(() => jacobian(x, () => ones([2]))).toThrow(/^jacobian: .*depends on nothing/);
    expect(() => jacobian(x, (() => 1) as never)).toThrow(/^jacobian: f must return a Tensor, not 1/);
  });

  it("keeps ranks and known sizes in its type", () => {
    const [y, z] = [ones([2]), ones([3])];
    const found: Tensor<[2, 3]> = jacobian(z, () => add(y, sum(z)) as Tensor<[2]>);
    expect(found.shape).toEqual([2, 3]);
    const product: Tensor<readonly [3]> = hessianVectorProduct(z, () => sum(sin(z)), z);
    expect(product.shape).toEqual([3]);
  });

  it("of a model has its paths", () => {
    const model = initialize(new Linear({ inFeatures: 2, outFeatures: 3 }), { seed: 1 });
    const found = jacobian(model, () => model.forward(ones([1, 2])));
    expect([...found].map(([path, { shape }]) => [path, shape])).toEqual([
      ["weight", [1, 3, 3, 2]],
      ["bias", [1, 3, 3]],
    ]);
    expect(found.map((part) => multiply(part, 2)).get("bias").shape).toEqual([1, 3, 3]);
  });
});

describe("gradients over tensors and modules together", () => {
  const linear = (seed: number) => initialize(new Linear({ inFeatures: 2, outFeatures: 1 }), { seed });

  it("are found by path, by key and by tensor, and are those of each alone", () => {
    const [model, y] = [
      gpt({ vocabSize: 5, contextLength: 4, dModel: 4, heads: 2, layers: 1 }, { seed: 1 }),
      tensor(random(8).normal(8), [1, 2, 4]),
    ];
    const loss = () => sum(multiply(model.blocks[0]!.forward(y), y));
    const { gradients } = valueAndGradients([y, model.blocks[0]!, model.norm!], loss);
    expect(gradients.get(y).data).toEqual(grad([y], loss).get(y).data);
    const path = "attention.query.weight";
    const wanted = grad(model, loss).get(`blocks.0.${path}`);
    for (const key of [path, `1.${path}`, `blocks.0.${path}`, model.parameters().get(`blocks.0.${path}`)!])
      expect(gradients.get(key).data).toEqual(wanted.data);
    expect([...gradients].map(([name]) => name)).toContain(`blocks.0.${path}`);
    expect(gradients.get("norm.weight").data.every((value) => value === 0)).toBe(true);
  });

  it("a path that two modules share is refused, and the parameter itself is found", () => {
    const [a, b] = [linear(1), linear(2)];
    const found = grad([a, b], () => sum(multiply(a.forward(ones([1, 2])), b.forward(ones([1, 2])))));
    expect(() => found.get("weight")).toThrow(RangeError);
    expect(() => found.get("weight")).toThrow('"weight" matches several tensors; pass the tensor or parameter itself');
    expect(() => found.has("weight")).toThrow(RangeError);
    expect(found.get(a.weight).data).not.toEqual(found.get(b.weight).data);
    expect(found.get("0.weight")).toBe(found.get(a.weight));
    expect([...found].map(([name]) => name)).toEqual(["0.weight", "0.bias", "1.weight", "1.bias"]);
  });

  it("a parameter beside its module counts once", () => {
    const a = linear(1);
    const found = grad([a.weight, a], () => sum(a.forward(ones([1, 2]))));
    expect(found.get("weight")).toBe(found.get(a.weight));
    expect(found.get(a.weight).toArray()).toEqual([[1, 1]]);
  });

  it("refuses anything else, by its place", () => {
    const wrong = (over: unknown) => () => grad(over as never, f);
    expect(wrong([x, 1])).toThrow(/^grad: over\[1\] must be a Tensor or a module, not 1/);
    expect(wrong(x)).toThrow(/^grad: over must be a module or an array; write \[x\] for a tensor x/);
    const quantized = new Parameter([1, 32], () => new Float32Array(32));
    quantized.assign(new Float32Array(32));
    quantize(quantized, "q8");
    expect(wrong([{ parameters: () => new Map([["w", quantized]]) }])).toThrow(/quantized and has no gradient/);
  });
});
