import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { referenceKernels as reference } from "../../../src/kernels/reference";
import { bestFlavor, compiled, type Flavor } from "../../../src/kernels/wasm/module";
import { expectWithin, normal } from "../compare";

/** Relaxed SIMD where this engine has it. */
const flavors = bestFlavor() === "relaxed" ? (["strict", "relaxed"] as const) : (["strict"] as const);
const load = (flavor: Flavor) => {
  const memory = new WebAssembly.Memory({ initial: 200, maximum: 65536, shared: true });
  const instance = new WebAssembly.Instance(compiled(flavor), { env: { memory } });
  return { e: instance.exports as Record<string, (...args: number[]) => number>, memory };
};

describe.each(flavors)("%s", (flavor) => {
  const { e, memory } = load(flavor);
  const GUARD = 123.5;
  let top = 0;
  const all = new Float32Array(memory.buffer);
  const put = (x: Float32Array | Int32Array | undefined) => {
    if (!x) return 0;
    const at = top + 4;
    new Uint8Array(memory.buffer, at, x.byteLength).set(new Uint8Array(x.buffer, x.byteOffset, x.byteLength));
    top = at + x.byteLength;
    all[top / 4] = GUARD;
    top += 4;
    return at;
  };
  const room = (n: number) => put(new Float32Array(n).fill(7))!;
  /** Where a kernel says that float32 is not enough for a row. */
  const flag = () => put(new Int32Array(1));
  const take = (at: number, n: number) => {
    expect(all[at / 4 + n]).toBe(GUARD);
    return all.slice(at / 4, at / 4 + n);
  };
  const reset = () => {
    top = 65536;
    all[top / 4] = GUARD;
  };
  const split = (rows: number, block = 1) => {
    const m = Math.min(rows, Math.floor(rows / 2 / block) * block);
    return [
      [0, m],
      [m, rows],
    ] as const;
  };
  const cases = fc.record({
    seed: fc.nat(1000),
    rows: fc.oneof(fc.nat(5), fc.integer({ min: 60, max: 140 })),
    size: fc.oneof(
      fc.integer({ min: 1, max: 20 }),
      fc.nat(200).map((n) => n + 1),
    ),
    w: fc.boolean(),
    b: fc.boolean(),
  });
  const bound = (n: number) => 1e-5 * Math.sqrt(n);
  const check = (f: (c: { seed: number; rows: number; size: number; w: boolean; b: boolean }) => void) =>
    fc.assert(
      fc.property(cases, (c) => {
        reset();
        f(c);
      }),
      { numRuns: 150 },
    );

  it("softmax family", () =>
    check(({ seed, rows, size, w }) => {
      const n = rows * size,
        axis = { outer: rows, size, inner: 1 };
      const x = normal(seed, "x", n).map((v) => 5 * v - (w ? 1000 : 0)),
        g = normal(seed, "g", n);
      const [px, pg, py] = [put(x), put(g), room(n)];
      for (const [name, back] of [
        ["softmax", "softmaxGradient"],
        ["logSoftmax", "logSoftmaxGradient"],
      ] as const) {
        for (const [a, b] of split(rows)) e[name]!(px, py, size, a, b);
        const want = reference[name](x, axis);
        expectWithin(take(py, n), [...want], 2e-6);
        const pw = put(want),
          po = room(n);
        for (const [a, b] of split(rows)) e[back]!(pw, pg, po, size, flag(), a, b);
        expectWithin(take(po, n), [...reference[back](want, axis, g)], bound(size));
      }
    }));
  it("norms", () =>
    check(({ seed, rows, size, w, b }) => {
      const n = rows * size,
        spec = { rows, size, epsilon: 1e-5 };
      const x = normal(seed, "x", n).map((v) => v + (w ? 100 : 0)),
        g = normal(seed, "g", n);
      const weight = w ? normal(seed, "w", size) : undefined,
        bias = b ? normal(seed, "b", size) : undefined;
      const [px, pg, pw, pb, py] = [put(x), put(g), put(weight), put(bias), room(n)];
      for (const [f, t] of split(rows)) e.layerNorm!(px, pw, pb, py, size, 1e-5, flag(), f, t);
      expectWithin(take(py, n), [...reference.layerNorm(x, weight, bias, spec)], 2e-6 * Math.sqrt(size));
      for (const [f, t] of split(rows)) e.rmsNorm!(px, pw, py, size, 1e-5, flag(), f, t);
      expectWithin(take(py, n), [...reference.rmsNorm(x, weight, spec)], 2e-6);
      const blocks = Math.ceil(rows / 64),
        sums = room(blocks * 2 * size),
        both = room(2 * size),
        one = room(size);
      for (const [f, t] of split(rows, 64)) e.layerNormGradient!(px, pw, pg, py, sums, size, 1e-5, flag(), f, t);
      e.addBlocks!(sums, both, blocks, 2 * size);
      const want = reference.layerNormGradient(x, weight, spec, g);
      if (size > 2) expectWithin(take(py, n), [...want.x], bound(size) * 3);
      if (size > 2) expectWithin(take(both, 2 * size), [...want.weight, ...want.bias], bound(rows));
      for (const [f, t] of split(rows, 64)) e.rmsNormGradient!(px, pw, pg, py, sums, size, 1e-5, flag(), f, t);
      e.addBlocks!(sums, one, blocks, size);
      const wantR = reference.rmsNormGradient(x, weight, spec, g);
      expectWithin(take(py, n), [...wantR.x], bound(size));
      expectWithin(take(one, size), [...wantR.weight], bound(rows));
    }));
  it("loss", () =>
    check(({ seed, rows, size, w }) => {
      const n = rows * size,
        logits = normal(seed, "l", n).map((v) => 4 * v),
        g = normal(seed, "g", rows);
      const weight = w ? normal(seed, "w", size).map(Math.abs) : undefined;
      const targets = Int32Array.from({ length: rows }, (_, i) => ((i * 7 + seed) % (size + 1)) - 1);
      const spec = { rows, classes: size, targets, ignoreIndex: -1, weight };
      const [pl, pt, pw, pg, po, pd] = [put(logits), put(targets), put(weight), put(g), room(rows), room(n)];
      for (const [a, b] of split(rows)) e.crossEntropy!(pl, pt, pw, po, size, -1, a, b);
      expectWithin(take(po, rows), [...reference.crossEntropy(logits, spec)], 2e-6);
      for (const [a, b] of split(rows)) e.crossEntropyGradient!(pl, pt, pw, pg, pd, size, -1, flag(), a, b);
      expectWithin(take(pd, n), [...reference.crossEntropyGradient(logits, spec, g)], 2e-6);
    }));
  it("unary remainders", () =>
    check(({ seed, size }) => {
      const x = normal(seed, "x", size).map((v) => Math.abs(v) + 0.1),
        g = normal(seed, "g", size);
      const [px, pg, py] = [put(x), put(g), room(size)];
      (["relu", "gelu", "geluTanh", "silu", "sigmoid", "tanh", "erf", "exp", "log", "sqrt"] as const).forEach(
        (name, i) => {
          e.unary!(i, px, 0, py, 0, size);
          expectWithin(take(py, size), [...reference.unary(name, x)], 1e-6);
          e.unaryGradient!(i, px, pg, 0, py, 0, size);
          expectWithin(take(py, size), [...reference.unaryGradient(name, x, g)], 1e-6);
        },
      );
    }));
  it("adamW", () =>
    check(({ seed, size }) => {
      const p = normal(seed, "p", size),
        g = normal(seed, "g", size),
        m = normal(seed, "m", size),
        v = normal(seed, "v", size).map(Math.abs);
      const at = [put(p), put(g), put(m), put(v)] as [number, number, number, number];
      e.adamW!(...at, 0.01 / (1 - 0.9 ** 3), 0.9, 0.99, 1 / Math.sqrt(1 - 0.99 ** 3), 1e-8, 0.001, 0, size);
      reference.adamW(p, g, m, v, { learningRate: 0.01, betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0.1, step: 3 });
      [p, g, m, v].forEach((want, i) => {
        expectWithin(take(at[i]!, size), [...want], 1e-6);
      });
    }));

  /** Rows that leave the ordinary: each is followed by an ordinary one, which must not notice. */
  const odd: readonly (readonly [string, number])[] = [
    ["not a number", Number.NaN],
    ["infinite", Number.POSITIVE_INFINITY],
    ["hidden", Number.NEGATIVE_INFINITY],
    ["huge", 1e20],
    ["tiny", 1e-25],
  ];
  it.each(odd)("a row with a number that is %s, and its neighbour", (_, value) => {
    for (const size of [1, 3, 4, 7, 8, 9, 17]) {
      for (const at of new Set([0, size - 1])) {
        reset();
        const x = normal(size, "x", 2 * size);
        x[at] = value;
        const [px, py] = [put(x), room(2 * size)];
        const spec = { rows: 2, size, epsilon: 1e-5 };
        const axis = { outer: 2, size, inner: 1 };
        e.softmax!(px, py, size, 0, 2);
        expectWithin(take(py, 2 * size), [...reference.softmax(x, axis)], 2e-6);
        e.logSoftmax!(px, py, size, 0, 2);
        expectWithin(take(py, 2 * size), [...reference.logSoftmax(x, axis)], 2e-6);
        e.rmsNorm!(px, 0, py, size, 1e-5, flag(), 0, 2);
        expectWithin(take(py, 2 * size), [...reference.rmsNorm(x, undefined, spec)], 2e-6);
        e.layerNorm!(px, 0, 0, py, size, 1e-5, flag(), 0, 2);
        // One row of one huge number has the variance of its rounding, here and in the reference.
        if (size > 1) expectWithin(take(py, 2 * size), [...reference.layerNorm(x, undefined, undefined, spec)], 1e-5);
      }
    }
  });

  it("rmsNorm of a row whose squares float32 cannot hold", () => {
    for (const scale of [1e-25, 1e25]) {
      reset();
      const x = normal(3, "x", 13).map((v) => v * scale);
      const [px, py] = [put(x), room(13)];
      e.rmsNorm!(px, 0, py, 13, 0, flag(), 0, 1);
      expectWithin(take(py, 13), [...reference.rmsNorm(x, undefined, { rows: 1, size: 13, epsilon: 0 })], 2e-6);
    }
  });

  it("gives the same bits however rows are shared out", () => {
    check(({ seed, rows, size }) => {
      const n = rows * size;
      const blocks = Math.ceil(rows / 64);
      const [px, pg, pw] = [put(normal(seed, "x", n)), put(normal(seed, "g", n)), put(normal(seed, "w", size))];
      const run = (parts: readonly (readonly [number, number])[]) => {
        const [py, sums, both] = [room(n), room(blocks * 2 * size), room(2 * size)];
        for (const [f, t] of parts) e.layerNormGradient!(px, pw, pg, py, sums, size, 1e-5, flag(), f, t);
        e.addBlocks!(sums, both, blocks, 2 * size);
        return [...take(py, n), ...take(both, 2 * size)];
      };
      expect(run([[0, rows]])).toEqual(run([...split(rows, 64)].reverse()));
    });
  });
});
