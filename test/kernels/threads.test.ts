import { execFile } from "node:child_process";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { kernelInfo, kernels, useThreads } from "../../src/kernels";
import { attentionGradient } from "../../src/kernels/internal";
import { normal } from "./compare";
import { withWorkers } from "./workers";

const product = (m: number, k: number, n: number, resident: boolean) => {
  const a = normal(1, "a", m * k);
  const weight = normal(2, "b", n * k);
  const b = resident ? kernels().keep(weight) : weight;
  const spec = { m, k, n, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
  return () => kernels().matmul(a, b, spec);
};

describe("useThreads", () => {
  afterEach(() => useThreads(1));

  it("gives the same bits for any number of threads", async () => {
    const sizes = fc.record({
      m: fc.constantFrom(1, 2, 5, 64, 130),
      k: fc.integer({ min: 1, max: 300 }),
      n: fc.constantFrom(1, 7, 250, 1003),
      resident: fc.boolean(),
    });
    const few = [2, 3, 5, 32].map((m) => product(m, 300, 1003, true));
    const cases = [...few, ...fc.sample(sizes, 12).map(({ m, k, n, resident }) => product(m, k, n, resident))];
    const alone = cases.map((run) => run());
    for (const threads of [2, 4]) {
      await useThreads(threads);
      expect(kernelInfo().threads).toBe(threads);
      for (let round = 0; round < 3; round++) expect(cases.map((run) => run())).toEqual(alone);
    }
  });

  // Groups of columns of a large result are copied out while other threads compute the next one.
  it("gives the same bits for a large result, in memory that was not touched before", async () => {
    const [m, k, n] = [700, 40, 2003];
    const [a, weight] = [normal(1, "a", 2 * m * k), normal(2, "b", 2 * n * k)];
    const b = kernels().keep(weight);
    const bias = normal(3, "bias", n);
    const spec = { m, k, n, transposeA: false, transposeB: true, batchA: [1, 0], batchB: [0, 1] };
    const runs = [
      () => kernels().matmul(a, b, spec, bias),
      () => kernels().matmul(a, weight, { ...spec, transposeA: true, transposeB: false, batchA: [1], batchB: [1] }),
      () => kernels().matmul(normal(4, "c", k * 9000), b, { ...spec, m: 9000, n: 1003, batchA: [0], batchB: [0] }),
    ];
    const alone = runs.map((run) => run() as Float32Array);
    for (const threads of [2, 3, 4, 8]) {
      await useThreads(threads);
      const found = runs.map((run) => run() as Float32Array);
      // The first other number, if any: a comparison of millions would print them all.
      expect(found.map((numbers, i) => numbers.findIndex((x, at) => x !== alone[i]![at]))).toEqual([-1, -1, -1]);
    }
  });

  // What adds to the same number of a bias's gradient must not be shared out.
  it.each([
    { over: "nothing", steps: [2 * 90 * 91, 90 * 91, 91, 1] },
    { over: "the batch", steps: [0, 90 * 91, 91, 1] },
    { over: "the heads", steps: [90 * 91, 0, 91, 1] },
    { over: "batch, heads and queries", steps: [0, 0, 0, 1] },
  ] as const)("gives the same bits for a window, a softcap and a bias that repeats over $over", async ({ steps }) => {
    const sizes = {
      batch: 3,
      queries: 90,
      keys: 91,
      capacity: 91,
      heads: 2,
      keyValueHeads: 2,
      headDim: 20,
      valueDim: 20,
    };
    const values = normal(1, "bias", 6 * 90 * 91);
    const bias = { values, shape: [], steps };
    const spec = { ...sizes, scale: 0.3, causal: true, mask: undefined, window: 70, softcap: 2, bias };
    const [q, upstream] = [normal(1, "q", 3 * 90 * 2 * 20), normal(1, "g", 3 * 90 * 2 * 20)];
    const [k, v] = [normal(1, "k", 3 * 91 * 2 * 20), normal(1, "v", 3 * 91 * 2 * 20)];
    const all = () => {
      const saved = kernels().attention(q, k, v, spec);
      return { saved, gradient: kernels().run(attentionGradient, q, k, v, spec, saved, upstream) };
    };
    const alone = all();
    for (const threads of [2, 3, 4]) {
      await useThreads(threads);
      for (let round = 0; round < 3; round++) expect(all()).toEqual(alone);
    }
  });

  it("may be asked again, and at once", async () => {
    await Promise.all([useThreads(2), useThreads(3), useThreads(2)]);
    expect(kernelInfo().threads).toBe(2);
    const run = product(64, 100, 200, true);
    const wanted = run();
    await useThreads(2);
    expect(run()).toEqual(wanted);
  });

  it.each([0, -1, 1.5, 1000, Number.NaN])("refuses %s", async (threads) => {
    await expect(useThreads(threads)).rejects.toThrow(RangeError);
    expect(kernelInfo().threads).toBe(1);
  });

  it("refuses text", async () => {
    // @ts-expect-error a number in text
    await expect(useThreads("2")).rejects.toThrow(TypeError);
    expect(kernelInfo().threads).toBe(1);
  });

  it("says which headers a page lacks that cannot share memory", async () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    await expect(useThreads(2)).rejects.toThrow("Cross-Origin-Opener-Policy");
    vi.unstubAllGlobals();
    expect(kernelInfo().threads).toBe(1);
  });

  it("goes on with one thread when a worker dies, and can start others", async () => {
    const started = await withWorkers("", () => useThreads(2));
    const run = product(64, 100, 500, true);
    const wanted = run();
    await started[0]!.terminate();
    await vi.waitFor(() => expect(kernelInfo().threads).toBe(1));
    expect(run()).toEqual(wanted);
    await useThreads(2);
    expect(run()).toEqual(wanted);
  });

  // What a worker does once it has taken a part, and whether the clock must be moved on for the main thread to notice.
  it.each([
    { how: "throws", body: "throw new Error('broken')", says: "a worker thread failed" },
    { how: "never comes back", body: "for (;;);", says: "a worker thread does not answer", clock: true },
  ])("the call fails in which a worker $how, and later ones go on", async ({ body, says, clock = false }) => {
    const broken = `
      const { Instance } = WebAssembly;
      WebAssembly.Instance = function (module, imports) {
        const names = Object.keys(new Instance(module, imports).exports);
        return { exports: Object.fromEntries(names.map((name) => [name, () => { ${body} }])) };
      };`;
    await withWorkers(broken, () => useThreads(3));
    const run = product(256, 256, 256, false);
    // The first calls only wake the workers.
    const fail = async () => {
      for (let i = 0; i < 100; i++) {
        run();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    let now = performance.now();
    if (clock) vi.spyOn(performance, "now").mockImplementation(() => (now += 5000));
    await expect(fail()).rejects.toThrow(says);
    vi.restoreAllMocks();
    expect(kernelInfo().threads).toBe(1);
    const wanted = run();
    await useThreads(2);
    expect(run()).toEqual(wanted);
  });

  it("keeps no process alive", async () => {
    const kernelsModule = new URL("../../src/kernels/index.ts", import.meta.url);
    const program = `
      const { kernelInfo, useThreads } = await import("${kernelsModule}");
      await useThreads(3);
      console.log(kernelInfo().threads);`;
    const args = ["--import", "tsx", "--input-type=module", "--eval", program];
    // Rejects if the process has to be killed.
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
    expect(stdout).toBe("3\n");
  }, 60_000);

  it("rejects when a worker does not start", async () => {
    const start = () => useThreads(3);
    await expect(withWorkers("throw new Error('no room');", start)).rejects.toThrow("did not start");
    expect(kernelInfo().threads).toBe(1);
  });
});
