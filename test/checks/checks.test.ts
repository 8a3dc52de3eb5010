import { describe, expect, it } from "vitest";
import {
  arrayOf,
  type Checks,
  checkOptions,
  expectBoolean,
  expectFunction,
  expectSignal,
  expectString,
  numberIn,
  oneOf,
  refuseMore,
  wholeIn,
} from "../../src/checks";

interface Options {
  axis?: number;
  keepAxis?: boolean;
  epsilon?: number;
  mode?: string;
  least?: number;
}

const checks: Checks<Options> = {
  axis: wholeIn(),
  keepAxis: expectBoolean,
  epsilon: numberIn({ least: 0, below: 1 }),
  mode: oneOf(["mean", "sum"]),
  least: numberIn({ most: 1, infinite: true }),
};

const check = (options: unknown, required: ("axis" | "mode")[] = []) => checkOptions("sum", options, checks, required);

describe("options", () => {
  it("pass when each is known and right, and count as absent when undefined", () => {
    check({ axis: -1, keepAxis: false, epsilon: 0, mode: "sum" });
    check({ axis: undefined, mode: undefined });
    check({ least: Number.NEGATIVE_INFINITY });
    check(Object.create(null));
  });

  it.each([
    ["dim", "axis"],
    ["eps", "epsilon"],
    ["keep_axis", "keepAxis"],
    ["keepdim", "keepAxis"],
    ["Axis", "axis"],
    ["epsilom", "epsilon"],
  ])("of another name are refused with the likely meaning: %s for %s", (wrong, meant) => {
    expect(() => check({ [wrong]: 1 })).toThrow(
      new TypeError(`sum: there is no option "${wrong}"; did you mean "${meant}"?`),
    );
  });

  it("of no likely meaning are refused with a list of what there is, even if every object has such a property", () => {
    for (const name of ["zzzzzz", "constructor", "toString"])
      expect(() => check({ [name]: undefined })).toThrow(
        new TypeError(`sum: there is no option "${name}"; the options are axis, keepAxis, epsilon, mode, least`),
      );
  });

  it.each([null, 1, "axis", [1], new Map(), new Float32Array(2), () => {}, Promise.resolve()])(
    "must be an object of options, not %s",
    (options) => {
      expect(() => check(options)).toThrow(/^sum: options must be an object, \{ axis, keepAxis, epsilon … \}, not /);
    },
  );

  it("may be an instance of the caller's own class", () => {
    class Mine {
      axis = 1;
    }
    check(new Mine());
  });

  it("that are required are missed by name", () => {
    expect(() => check({ axis: 1, mode: undefined }, ["axis", "mode"])).toThrow(
      new TypeError('sum: mode must be "mean" or "sum", not undefined'),
    );
  });

  it.each([
    [{ axis: "1" }, TypeError, 'sum: axis must be a whole number, not "1"'],
    [{ axis: 0.5 }, RangeError, "sum: axis must be a whole number, not 0.5"],
    [{ axis: null }, TypeError, "sum: axis must be a whole number, not null"],
    [{ keepAxis: 1 }, TypeError, "sum: keepAxis must be true or false, not 1"],
    [{ epsilon: Number.NaN }, RangeError, "sum: epsilon must be a finite number of 0 or more and below 1, not NaN"],
    [{ epsilon: 1 }, RangeError, "sum: epsilon must be a finite number of 0 or more and below 1, not 1"],
    [{ least: Number.NaN }, RangeError, "sum: least must be a number up to 1, not NaN"],
    [{ least: 2 }, RangeError, "sum: least must be a number up to 1, not 2"],
    [
      { epsilon: 1n },
      TypeError,
      "sum: epsilon must be a finite number of 0 or more and below 1, not 1n; convert it with Number(…)",
    ],
    [{ mode: "heap" }, RangeError, 'sum: mode must be "mean" or "sum", not "heap"'],
    [{ mode: 3 }, TypeError, 'sum: mode must be "mean" or "sum", not 3'],
  ] as const)("with a wrong value are refused: %o", (options, Wrong, message) => {
    expect(() => check(options)).toThrow(new Wrong(message));
  });
});

describe("arguments", () => {
  it("in arrays are named by their place, holes too", () => {
    const ids = arrayOf(wholeIn({ least: 0 }));
    ids("f", "ids", [0, 1]);
    expect(() => ids("f", "ids", [0, -1])).toThrow(
      new RangeError("f: ids[1] must be a whole number of 0 or more, not -1"),
    );
    // biome-ignore lint/suspicious/noSparseArray: the fault itself
    expect(() => ids("f", "ids", [0, , 2])).toThrow(
      new TypeError("f: ids[1] must be a whole number of 0 or more, not undefined"),
    );
    expect(() => ids("f", "ids", 7)).toThrow(new TypeError("f: ids must be an array, not 7"));
  });

  it("of the wrong kind are described, long strings cut short", () => {
    expect(() => expectFunction("f", "loss", "x".repeat(100))).toThrow(
      `f: loss must be a function, not "${"x".repeat(59)}…"`,
    );
    expect(() => expectString("f", "text", Symbol("a"))).toThrow("f: text must be a string, not a symbol");
    expect(() => expectString("f", "text", new Int8Array(1))).toThrow("f: text must be a string, not an Int8Array");
  });

  it("beyond the last are refused, except those that map and reduce add", () => {
    refuseMore("relu", []);
    [1, 2].map((...args) => refuseMore("relu", args.slice(1)));
    for (const more of [[0, 1], [{}], [undefined], [[1]]])
      expect(() => refuseMore("transpose", more)).toThrow(/^transpose: too many arguments: .* is one too many; sizes/);
  });

  it("that tell of an abort may come from any realm", () => {
    expectSignal("f", "signal", AbortSignal.abort());
    expectSignal("f", "signal", { aborted: false, addEventListener: () => {} });
    for (const wrong of [null, undefined, {}, true, new AbortController()])
      expect(() => expectSignal("f", "signal", wrong)).toThrow(TypeError);
  });
});
