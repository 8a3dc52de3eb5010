import {
  countParameters,
  Embedding,
  EncoderBlock,
  type Initial,
  initialize,
  initials,
  LayerNorm,
  Linear,
  Module,
  MultiHeadAttention,
  OutputHead,
  ones,
  Parameter,
  type Tensor,
} from "transformer-blocks";
import { describe, expect, it } from "vitest";

const initial: Initial = initials.normal(1);

/** What a user might write: arrays, objects, objects in arrays, settings, and a parameter used twice. */
class Custom extends Module {
  readonly table = new Parameter([3, 2], initial);
  readonly layers = [
    new Linear({ inFeatures: 2, outFeatures: 2 }),
    new Linear({ inFeatures: 2, outFeatures: 2, bias: false }),
  ];
  readonly parts = { norm: new LayerNorm({ dModel: 2 }), deeper: [{ scale: new Parameter([], initials.ones()) }] };
  readonly nothing = undefined;
  readonly settings = { width: 2, names: ["a", "b"], table: new Float32Array(2) };
  readonly head = new OutputHead({ kind: "languageModel", dModel: 2, vocabSize: 3, tied: this.table });
  readonly #hidden = new Linear({ inFeatures: 2, outFeatures: 2 });

  forward(x: Tensor): Tensor {
    return this.#hidden.forward(x);
  }
}

const paths = [
  "table",
  "layers.0.weight",
  "layers.0.bias",
  "layers.1.weight",
  "parts.norm.weight",
  "parts.norm.bias",
  "parts.deeper.0.scale",
];

describe("Module", () => {
  it("finds parameters in fields, arrays and objects, a shared one once, and private ones not", () => {
    const custom = new Custom();
    expect([...custom.parameters().keys()]).toEqual(paths);
    expect(custom.parameters().get("table")).toBe(custom.head.projection.weight);
    expect(countParameters(custom)).toBe(6 + 6 + 4 + 4 + 1);
  });

  it("lists modules by path, itself under the empty one", () => {
    const custom = new Custom();
    expect([...custom.modules().keys()]).toEqual(["", "layers.0", "layers.1", "parts.norm", "head", "head.projection"]);
    expect(custom.modules().get("")).toBe(custom);
  });

  it("lists a module that holds itself once", () => {
    class Circle extends Module {
      readonly weight = new Parameter([1], initial);
      readonly self = this;
      readonly ring: { back?: unknown } = {};
    }
    const circle = new Circle();
    circle.ring.back = circle.ring;
    expect([...circle.parameters().keys()]).toEqual(["weight"]);
  });

  it("finds what is at a path, and checks its class", () => {
    const custom = new Custom();
    expect(custom.find("layers.1")).toBe(custom.layers[1]);
    expect(custom.find("layers.1", Linear).weight.shape).toEqual([2, 2]);
    expect(custom.find("parts.deeper.0.scale", Parameter).size).toBe(1);
    expect(custom.find("")).toBe(custom);
  });

  it("names the path that it does not find, and those near it", () => {
    const custom = new Custom();
    expect(() => custom.find("layers.2")).toThrow(RangeError);
    expect(() => custom.find("layers.2")).toThrow(/"layers\.2"/);
    expect(() => custom.find("settings")).toThrow(RangeError);
    expect(() => custom.find("layers.0", LayerNorm)).toThrow(TypeError);
    expect(() => custom.find("layers.0", LayerNorm)).toThrow(/"layers\.0" is a Linear, not a LayerNorm/);
  });

  it("finds a shared parameter at its other path as well", () => {
    const custom = new Custom();
    expect(custom.find("head.projection.weight", Parameter)).toBe(custom.table);
  });
});

const linear = () => new Linear({ inFeatures: 3, outFeatures: 4 });

class Ordered extends Module {
  readonly a = linear();
  readonly b = linear();
}

describe("initialize", () => {
  class Reversed extends Module {
    readonly b = linear();
    readonly extra = linear();
    readonly a = linear();
  }

  it("depends on seed and path alone, not on the order of construction", () => {
    const [first, second] = [initialize(new Ordered(), { seed: 5 }), initialize(new Reversed(), { seed: 5 })];
    for (const [path, { data }] of first.parameters()) expect(second.find(path, Parameter).data).toEqual(data);
    expect(first.a.weight.data).not.toEqual(first.b.weight.data);
    expect(initialize(new Ordered(), { seed: 6 }).a.weight.data).not.toEqual(first.a.weight.data);
  });

  it("refuses a seed that is not a whole number, and then leaves the values", () => {
    const module = initialize(new Ordered(), { seed: 5 });
    const before = module.a.weight.data.slice();
    for (const seed of [-1, 0.5, Number.NaN]) expect(() => initialize(module, { seed })).toThrow(RangeError);
    expect(module.a.weight.data).toEqual(before);
  });
});

describe("initialize changes every value or none", () => {
  const wrong: [what: string, give: () => unknown, message: RegExp][] = [
    ["fails", () => undecided(), /undecided/],
    ["gives an array", () => [1, 2], /initial values of second\.weight must be a Float32Array, not an array/],
    ["gives nothing", () => undefined, /second\.weight must be a Float32Array, not undefined/],
    ["gives too few numbers", () => new Float32Array(1), /second\.weight \[1, 2\].*1 numbers do not fill the shape/],
  ];
  const undecided = () => {
    throw new RangeError("undecided");
  };

  it.each(wrong)("where a parameter's own initial %s", (_, give, message) => {
    let broken = false;
    const own: Initial = (source, shape) => (broken ? (give() as Float32Array) : initial(source, shape));
    class Two extends Module {
      readonly first = new Linear({ inFeatures: 2, outFeatures: 2 });
      readonly second = new Linear({ inFeatures: 2, outFeatures: 1, initial: own });
    }
    const module = initialize(new Two(), { seed: 1 });
    const values = () => [...module.parameters().values()].map(({ data }) => [...data]);
    const before = values();
    broken = true;
    expect(() => initialize(module, { seed: 2 })).toThrow(message);
    expect(values()).toEqual(before);
    broken = false;
    expect([...initialize(module, { seed: 2 }).first.weight.data]).not.toEqual(before[0]);
  });
});

describe("a parameter without values", () => {
  it("is named by its path in the block, or in the outermost module that was built", () => {
    const attention = new MultiHeadAttention({ dModel: 4, heads: 2 });
    expect(() => attention.forward(ones([1, 2, 4]))).toThrow(/query\.weight .*initialize/);
    const block = new EncoderBlock({ dModel: 4, heads: 2 });
    expect(() => block.forward(ones([1, 2, 4]))).toThrow(/attention\.query\.weight/);
  });

  it("is named in any module, with no call that asks for names", async () => {
    const own = new Ordered();
    expect(() => own.a.forward(ones([3]))).toThrow(/a\.weight .*initialize/);
    expect(String(own.b.weight)).toContain("b.weight");
    const later = new Ordered();
    await Promise.resolve();
    expect(later.a.weight.path).toBe("a.weight");
  });

  it("that modules share is named in the outermost of them, in whichever order they were built", () => {
    const [embedding, config] = [new Embedding({ vocabSize: 3, dModel: 4 }), { dModel: 4, vocabSize: 3 }];
    const head = new OutputHead({ kind: "languageModel", ...config, tied: embedding.weight });
    expect(embedding.weight.path).toBe("projection.weight");
    class Tied extends Module {
      readonly table = embedding;
      readonly head = head;
    }
    const tied = new Tied();
    expect(embedding.weight.path).toBe("table.weight");
    expect(head.parameters().get("projection.weight")).toBe(tied.table.weight);
    expect(embedding.weight.path).toBe("table.weight");
  });

  it("in a module whose fields cannot be listed leaves other modules as they are", () => {
    class Unlisted extends Module {
      readonly parts = new Map([[{}, linear()]]);
    }
    const [unlisted, other] = [new Unlisted(), new Ordered()];
    expect(other.a.weight.path).toBe("a.weight");
    expect(() => unlisted.parameters()).toThrow(TypeError);
  });

  it("is known before it is used", () => {
    expect(new Linear({ inFeatures: 1, outFeatures: 1 }).weight.hasValues).toBe(false);
  });
});
