import {
  bert,
  encoderDecoder,
  gpt,
  type Ids,
  KeyValueCache,
  type Pass,
  ShapeError,
  sum,
  type Tensor,
  valueAndGradients,
} from "transformer-blocks";
import { maxDifference } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";

/** What JavaScript lets through where TypeScript does not. */
const untyped = <T>(value: unknown): T => value as T;

type ErrorClass = new (...args: never[]) => Error;

function expectError(act: () => unknown, type: ErrorClass, message: RegExp): void {
  expect(act).toThrow(type);
  expect(act).toThrow(message);
}

const config = { vocabSize: 5, contextLength: 4, dModel: 8, heads: 2, layers: 2 };
const decoder = gpt(config, { seed: 1 });
const encoder = bert(config, { seed: 1 });
const translator = encoderDecoder(config, { seed: 1 });

interface Reader {
  name: string;
  read: (ids: Ids, pass?: Pass) => Tensor;
}
const readers: Reader[] = [
  { name: "gpt", read: (ids, pass) => decoder.forward(ids, pass) },
  { name: "bert", read: (ids, pass) => encoder.forward(ids, pass) },
  { name: "encoderDecoder, source", read: (ids, pass) => translator.forward(ids, [[1]], pass) },
  { name: "encoderDecoder, target", read: (ids, pass) => translator.decode(ids, translator.encode([[1]]), pass) },
];

describe.each(readers)("$name refuses", ({ read }) => {
  const wrong: { what: string; ids: unknown; type: ErrorClass; message: RegExp }[] = [
    {
      what: "an id outside the vocabulary",
      ids: [
        [1, 2],
        [3, 5],
      ],
      type: RangeError,
      message: /5 in row 1, column 1 .*0 to 4/,
    },
    { what: "a negative id", ids: [[-1]], type: RangeError, message: /-1 in row 0, column 0/ },
    { what: "half an id", ids: [[1, 0.5]], type: RangeError, message: /0\.5 in row 0, column 1/ },
    { what: "an id that is no number", ids: [[1, "2"]], type: TypeError, message: /"2" in row 0, column 1/ },
    { what: "a hole", ids: [new Array(2)], type: TypeError, message: /undefined in row 0, column 0/ },
    {
      what: "a ragged batch",
      ids: [[1, 2], [3]],
      type: ShapeError,
      message: /^(De|En)coderModel: ids: row 1 has 1 ids where row 0 has 2/,
    },
    { what: "a row that is too long", ids: [[1], [1, 1, 1, 1, 1]], type: ShapeError, message: /row 1 has 5/ },
    {
      what: "a text longer than contextLength",
      ids: [[1, 1, 1, 1, 1]],
      type: RangeError,
      message: /5 tokens .*contextLength 4/,
    },
    { what: "one text instead of a batch", ids: [1, 2], type: TypeError, message: /ids\[0\] must be a row/ },
    { what: "no row", ids: [null], type: TypeError, message: /ids\[0\]/ },
    { what: "a string", ids: "hello", type: TypeError, message: /Model: ids must be .*not "hello"/ },
    { what: "nothing", ids: undefined, type: TypeError, message: /ids must be .*not undefined/ },
  ];
  it.each(wrong)("$what", ({ ids, type, message }) => {
    expectError(() => read(untyped(ids)), type, message);
  });

  it("a mask of another shape", () => {
    expectError(() => read([[1, 2, 3]], { mask: [[1, 1]] }), ShapeError, /\[1, 2\].*\[1, 3\]/);
  });
});

describe("types that do not fit the ids", () => {
  it("are refused", () => {
    expectError(() => encoder.forward([[1, 2]], { types: [[0]] }), ShapeError, /types/);
    expectError(
      () =>
        encoder.forward([[1, 2]], {
          types: [
            [0, 1],
            [0, 1],
          ],
        }),
      ShapeError,
      /types/,
    );
    expectError(() => encoder.forward([[1, 2]], { types: [[0, 2]] }), RangeError, /2 in row 0, column 1/);
  });
});

it("an encoder without a pooler has no pooled vector", () => {
  expectError(
    () => bert({ ...config, pooler: false }, { seed: 1 }).pooled([[1]]),
    TypeError,
    /no pooler; .*pooler: true/,
  );
});

describe("a config", () => {
  const factories = [
    { name: "gpt", make: (more: object) => gpt({ ...config, ...more }) },
    { name: "bert", make: (more: object) => bert({ ...config, ...more }) },
    { name: "encoderDecoder", make: (more: object) => encoderDecoder({ ...config, ...more }) },
  ];
  const sizes = ["vocabSize", "contextLength", "dModel", "heads", "layers", "dFeedForward", "keyValueHeads", "headDim"];

  it.each(factories)("of $name names the size that is wrong", ({ name, make }) => {
    for (const size of sizes) {
      for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
        expectError(() => make({ [size]: value }), RangeError, new RegExp(`${name}: ${size} must be .*not ${value}`));
      for (const value of ["8", null, [8]])
        expectError(() => make({ [size]: value }), TypeError, new RegExp(`${name}: ${size} must be`));
    }
    expectError(() => make({ vocabSize: undefined }), TypeError, /vocabSize must be .*not undefined/);
  });

  it.each(factories)("of $name names the setting that is wrong", ({ make }) => {
    expectError(() => make({ heads: 3 }), RangeError, /3 heads do not divide dModel 8/);
    expectError(() => make({ position: "alibi" }), RangeError, /position must be "learned" or "rotary".*not "alibi"/);
    expectError(() => make({ activation: "swish" }), RangeError, /"swish"/);
    expectError(() => make({ norm: "Pre" }), RangeError, /"Pre"/);
    expectError(() => make({ normalization: "layernorm" }), RangeError, /"layernorm"/);
    expectError(() => make({ dropout: 1 }), RangeError, /dropout/);
    expectError(() => make({ epsilon: Number.NaN }), RangeError, /epsilon/);
    expectError(() => make({ rotaryBase: "10000" }), TypeError, /rotaryBase/);
    expectError(() => make({ dModel: 6, position: "rotary" }), RangeError, /3 dimensions cannot be paired/);
  });

  it("that is missing is refused by name", () => {
    for (const make of [gpt, bert, encoderDecoder])
      expectError(() => make(untyped(undefined)), TypeError, /options must be an object, { vocabSize/);
    expectError(() => bert({ ...config, head: untyped({ kind: "speech" }) }), RangeError, /"speech"/);
    expectError(() => encoderDecoder({ ...config, decoderLayers: 0 }), RangeError, /decoderLayers .*not 0/);
    expectError(() => gpt(config, { seed: -1 }), RangeError, /seed/);
  });
});

describe("a model without values", () => {
  it("names the parameter that lacks them", () => {
    expectError(() => gpt(config).forward([[1]]), Error, /embedding\.weight \[5, 8\] has no values: call initialize/);
    const model = gpt(config);
    for (const [path, parameter] of model.parameters())
      if (path !== "blocks.0.attention.query.weight") parameter.assign(new Float32Array(parameter.size));
    expectError(() => model.forward([[1]]), Error, /parameter blocks\.0\.attention\.query\.weight \[8, 8\]/);
  });
});

describe("a call that fails leaves the cache as it was", () => {
  const next = (cache: KeyValueCache) => decoder.forward([[3]], { cache });
  const filled = (capacity: number) => {
    const cache = new KeyValueCache({ capacity });
    decoder.forward([[1, 2]], { cache });
    return cache;
  };
  const failures: {
    name: string;
    capacity: number;
    ids: number[][];
    pass?: Pass;
    type: ErrorClass;
    message: RegExp;
  }[] = [
    { name: "full", capacity: 3, ids: [[1, 2]], type: RangeError, message: /room for 3 positions and holds 2: 2 more/ },
    { name: "longer than contextLength", capacity: 9, ids: [[1, 2, 3]], type: RangeError, message: /5 tokens/ },
    { name: "an id outside the vocabulary", capacity: 4, ids: [[5]], type: RangeError, message: /row 0, column 0/ },
    { name: "another number of rows", capacity: 4, ids: [[1], [2]], type: ShapeError, message: /holds 1 rows.*has 2/ },
    { name: "a wrong mask", capacity: 4, ids: [[1]], pass: { mask: [[1, 1]] }, type: ShapeError, message: /mask/ },
  ];

  it.each(failures)("$name", ({ capacity, ids, pass, type, message }) => {
    const cache = filled(capacity);
    expectError(() => decoder.forward(ids, { ...pass, cache }), type, message);
    expect(cache.length).toBe(2);
    expect(maxDifference(next(cache), next(filled(3)))).toBe(0);
    expect(cache.length).toBe(3);
  });

  it("also the first call, of another number of rows", () => {
    const cache = new KeyValueCache({ capacity: 4 });
    expect(() => decoder.forward([[1], [2]], { cache, mask: [[1, 1]] })).toThrow(ShapeError);
    expect(cache.length).toBe(0);
    expect(maxDifference(decoder.forward([[1, 2]], { cache }), decoder.forward([[1, 2]]))).toBeLessThan(1e-5);
  });

  it("in a decoder whose memory is missing", () => {
    const cache = new KeyValueCache({ capacity: 4 });
    const memory = translator.encode([[1, 2]]);
    translator.decode([[1]], memory, { cache });
    expectError(() => translator.decode([[2]], untyped(undefined), { cache }), TypeError, /memory must be/);
    expect(cache.length).toBe(1);
    const rest = translator.decode([[2]], memory, { cache }).data;
    expect([...rest]).toEqual(
      [...translator.decode([[1, 2]], memory).data.subarray(5)].map((value) => expect.closeTo(value, 5)),
    );
  });

  it("and tells another model that it is not its own", () => {
    expectError(() => gpt(config, { seed: 1 }).forward([[3]], { cache: filled(4) }), Error, /another model/);
  });

  it("and is not written while gradients are recorded", () => {
    const loss = () => sum(decoder.forward([[3]], { cache: filled(4) }));
    expectError(() => valueAndGradients(decoder, loss), Error, /cache cannot be used while gradients/);
  });

  it("and is the decoder's alone: the encoder reads each source whole", () => {
    const cache = new KeyValueCache({ capacity: 4 });
    const first = translator.forward([[1, 2]], [[1]], { cache });
    const second = translator.forward([[1, 2]], [[2]], { cache });
    const whole = translator.forward([[1, 2]], [[1, 2]]);
    expect([...first.data, ...second.data]).toEqual([...whole.data].map((value) => expect.closeTo(value, 5)));
  });
});
