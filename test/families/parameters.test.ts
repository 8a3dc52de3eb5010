import {
  Embedding,
  FormatError,
  gpt,
  initialize,
  Linear,
  loadParameters,
  Module,
  quantize,
  saveParameters,
} from "transformer-blocks";
import { readSafetensors, writeSafetensors } from "transformer-blocks/checkpoint";
import { describe, expect, it } from "vitest";

/** A module of a user's own, with a weight that two places share. */
class Own extends Module {
  readonly table = new Embedding({ vocabSize: 3, dModel: 2 });
  readonly parts = new Map([["head", new Linear({ inFeatures: 2, outFeatures: 3, weight: this.table.weight })]]);
}

const values = (module: Module) => [...module.parameters()].map(([path, { data }]) => [path, [...data]]);

describe("the parameters of any module", () => {
  it("come back as they were saved, under their paths, shared ones once", () => {
    const saved = initialize(new Own(), { seed: 1 });
    const bytes = saveParameters(saved);
    expect([...readSafetensors(bytes).tensors.keys()].sort()).toEqual(["parts.head.bias", "table.weight"]);
    const loaded = new Own();
    expect(loadParameters(loaded, bytes)).toBe(loaded);
    expect(values(loaded)).toEqual(values(saved));
    expect(saveParameters(loaded)).toEqual(bytes);
  });

  it("are read from half precision as well", () => {
    const header = JSON.stringify({ bias: { dtype: "F16", shape: [2], data_offsets: [0, 4] } }).padEnd(64);
    const halves = Uint16Array.of(0x3c00, 0xc100); // 1 and −2.5
    const bytes = Buffer.concat([
      Buffer.from([64, 0, 0, 0, 0, 0, 0, 0]),
      Buffer.from(header),
      Buffer.from(halves.buffer),
    ]);
    class Biased extends Module {
      readonly bias = new Linear({ inFeatures: 1, outFeatures: 2 }).bias;
    }
    expect(values(loadParameters(new Biased(), bytes))).toEqual([["bias", [1, -2.5]]]);
  });

  it("must be in sight: a module that lists none is neither saved nor loaded", () => {
    class Hidden extends Module {
      readonly #layer = new Linear({ inFeatures: 1, outFeatures: 1 });
      weight = () => this.#layer.weight;
    }
    const message = /the module has no parameters; keep its modules and parameters in public fields/;
    expect(() => saveParameters(initialize(new Hidden(), { seed: 1 }))).toThrow(message);
    expect(() => loadParameters(new Hidden(), writeSafetensors(new Map()))).toThrow(message);
  });

  it("do not share arrays with the file", () => {
    const bytes = saveParameters(initialize(new Own(), { seed: 1 }));
    const loaded = loadParameters(new Own(), bytes);
    const before = values(loaded);
    bytes.fill(0);
    expect(values(loaded)).toEqual(before);
  });

  it("are written in float32 where they were quantized", () => {
    const sizes = { vocabSize: 32, contextLength: 4, dModel: 32, heads: 2, layers: 1 };
    const model = quantize(gpt(sizes, { seed: 1 }), "q8");
    const again = loadParameters(gpt(sizes), saveParameters(model));
    expect(again.forward([[1, 2]]).shape).toEqual([1, 2, 32]);
    expect([...again.embedding.weight.data]).toEqual([...model.embedding.weight.data]);
  });
});

describe("loadParameters changes nothing and names what does not fit", () => {
  const saved = initialize(new Own(), { seed: 1 });
  const tensors = () => new Map([...saved.parameters()].map(([path, { shape, data }]) => [path, { shape, data }]));
  const wrong: [what: string, bytes: () => Uint8Array, message: RegExp][] = [
    ["a tensor too few", () => writeSafetensors(new Map([...tensors()].slice(1))), /missing tensors: table\.weight/],
    [
      "a tensor too many",
      () => writeSafetensors(tensors().set("more", { shape: [1], data: new Float32Array(1) })),
      /unused tensors: more/,
    ],
    [
      "another shape",
      () => writeSafetensors(tensors().set("parts.head.bias", { shape: [1, 3], data: new Float32Array(3) })),
      /"parts\.head\.bias": found shape \[1, 3\], expected \[3\]/,
    ],
    ["half a file", () => saveParameters(saved).subarray(0, 100), /expected/],
  ];

  it.each(wrong)("%s", (_, bytes, message) => {
    const module = initialize(new Own(), { seed: 2 });
    const before = values(module);
    expect(() => loadParameters(module, bytes())).toThrow(FormatError);
    expect(() => loadParameters(module, bytes())).toThrow(message);
    expect(values(module)).toEqual(before);
  });

  it("what is not a module or bytes", () => {
    const load = (...given: unknown[]) => Reflect.apply(loadParameters, undefined, given);
    expect(() => load({}, new Uint8Array(8))).toThrow(/loadParameters: module must be a Module, not an object/);
    expect(() => load(saved, "x")).toThrow(/loadParameters: bytes must be a Uint8Array, not "x"/);
  });
});

describe("saveParameters refuses", () => {
  it("parameters that hold NaN or infinity, by path", () => {
    const module = initialize(new Own(), { seed: 1 });
    module.table.weight.assign(Float32Array.of(1, 2, Number.NaN, 4, 5, 6));
    expect(() => saveParameters(module)).toThrow(/parameter table\.weight holds NaN/);
  });

  it("parameters without values", () => {
    expect(() => saveParameters(new Own())).toThrow(/table\.weight \[3, 2\] has no values/);
  });
});
