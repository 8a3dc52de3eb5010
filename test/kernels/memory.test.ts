import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { gpt, initialize, KeyValueCache, Linear } from "../../src";
import { kernels, useThreads, withKernels } from "../../src/kernels";
import { fastestKernels, wasmKernels } from "../../src/kernels/wasm";
import { compiled } from "../../src/kernels/wasm/module";
import { Region } from "../../src/kernels/wasm/region";
import { Workspace } from "../../src/kernels/wasm/workspace";
import { normal } from "./compare";
import { withWorkers } from "./workers";

const strict = () => compiled("strict");

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Collects until a reference is gone, or ten times. */
async function collected(reference: WeakRef<object>): Promise<boolean> {
  for (let i = 0; i < 10 && reference.deref(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
  }
  return reference.deref() === undefined;
}

describe("the memory of parameters", () => {
  afterEach(() => useThreads(1));

  it.each([1, 2])("is given back when a model is gone, with %s threads", async (threads) => {
    await useThreads(threads);
    const memoryOfOne = () => {
      const model = gpt({ vocabSize: 100, contextLength: 32, dModel: 64, heads: 2, layers: 2 }, { seed: 1 });
      const cache = new KeyValueCache({ capacity: 32 });
      for (const ids of [[1, 2, 3], [4], [5]]) model.forward([ids], { cache });
      return memoryOf(model);
    };
    const memoryOf = (model: { parameters(): Map<string, { data: Float32Array }> }) => {
      const large = [...model.parameters().values()].find(({ data }) => data.length >= 4096);
      expect(large!.data.buffer).toBeInstanceOf(SharedArrayBuffer);
      return new WeakRef(large!.data.buffer);
    };
    expect(await collected(memoryOfOne())).toBe(true);
  });

  it("that a cache took is given back with the cache", async () => {
    const own = wasmKernels("strict");
    const memoryOfOne = () => {
      const [cache] = own.reserve([5000]) as [Float32Array];
      expect(cache.buffer).toBeInstanceOf(SharedArrayBuffer);
      return new WeakRef(cache.buffer);
    };
    expect(await collected(memoryOfOne())).toBe(true);
  });

  it("that a cache took is given back with the cache, while the model that read it stays", async () => {
    const own = wasmKernels("strict");
    const taken: WeakRef<object>[] = [];
    const reserve = (sizes: readonly number[]) => {
      const room = own.reserve(sizes);
      taken.push(new WeakRef(room[0]!.buffer));
      return room;
    };
    const model = withKernels({ ...own, reserve }, () => {
      const made = gpt({ vocabSize: 100, contextLength: 64, dModel: 64, heads: 2, layers: 2 }, { seed: 1 });
      const cache = new KeyValueCache({ capacity: 64 });
      const text = Array.from({ length: 33 }, (_, place) => place);
      for (const ids of [text, [4], [5]]) made.forward([ids], { cache });
      return made;
    });
    expect(taken.length).toBeGreaterThan(0);
    for (const memory of taken) expect(await collected(memory)).toBe(true);
    expect(model.forward([[1]]).shape).toEqual([1, 1, 100]);
  });

  it("stays while any view of it does", async () => {
    const own = wasmKernels("strict");
    let kept: Float32Array | undefined = own.keep(normal(1, "x", 5000)).subarray(10, 20);
    const memory = new WeakRef(kept.buffer);
    const wanted = normal(1, "x", 5000).subarray(10, 20);
    expect(await collected(memory)).toBe(false);
    expect(kept).toEqual(wanted);
    kept = undefined;
    expect(await collected(memory)).toBe(true);
  });

  it("is given back without being asked for, when other memory is taken", async () => {
    const gone: number[] = [];
    const registry = new FinalizationRegistry((id: number) => gone.push(id));
    // Each step is an event of its own, as in a page.
    for (let i = 0; i < 500 && gone.length === 0; i++) {
      registry.register(new Region(strict, 2 ** 26), i);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(gone).not.toEqual([]);
  });

  it("is given back by workers as well", async () => {
    // Counts the memories that the worker has not let go.
    const counting = `
      const { Instance } = WebAssembly, taken = [];
      WebAssembly.Instance = function (module, imports) {
        taken.push(new WeakRef(imports.env.memory));
        return new Instance(module, imports);
      };
      const { parentPort } = process.getBuiltinModule("node:worker_threads");
      const alive = () => taken.filter((each) => each.deref()).length;
      parentPort.on("message", ({ ask }) => ask && parentPort.postMessage([taken.length, alive()]));`;
    const [worker] = await withWorkers(counting, () => useThreads(2));
    const count = () =>
      new Promise<[number, number]>((resolve) => {
        worker!.once("message", resolve);
        worker!.postMessage({ ask: true });
      });
    const own = fastestKernels();
    const spec = { m: 1, k: 1000, n: 1000, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
    const use = () => own.matmul(new Float32Array(1000), own.keep(new Float32Array(1_000_000)), spec);
    let [taken, alive] = [0, 0];
    for (let i = 0; i < 1000 && (taken === 0 || alive === taken); i++) {
      use();
      collect();
      [taken, alive] = await count();
    }
    expect(alive).toBeLessThan(taken);
  });

  it("of a large call serves the next one", () => {
    const workspace = new Workspace(strict);
    const region = (bytes: number) => workspace.use(bytes, ({ id }) => id);
    const large = region(2 ** 28 + 1);
    const small = region(100);
    expect([region(2 ** 28 + 1), region(100)]).toEqual([large, small]);
    expect(small).not.toBe(large);
  });

  it("is taken in smaller parts where larger ones cannot be allocated", () => {
    class Small extends WebAssembly.Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        if (descriptor.initial > 500) throw new RangeError("no room");
        super(descriptor);
      }
    }
    vi.stubGlobal("WebAssembly", Object.create(WebAssembly, { Memory: { value: Small } }));
    const own = wasmKernels("strict");
    const [few, many] = [2 ** 20, 2 ** 22].map((count) => new Float32Array(count).fill(1));
    for (let i = 0; i < 6; i++) expect(own.keep(few!).buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(() => own.keep(many!)).toThrow("out of memory (36 MiB requested)");
    vi.unstubAllGlobals();
  });

  it("that cannot be allocated is a RangeError with its size and the parameter's path", () => {
    expect(() => new Region(strict, 2 ** 40)).toThrow(/out of memory \(1048576 MiB requested\)/);
    const layer = initialize(new Linear({ inFeatures: 100, outFeatures: 100 }), { seed: 1 });
    const before = layer.weight.data;
    vi.spyOn(kernels(), "keep").mockImplementation(() => new Region(strict, 2 ** 40).numbers);
    expect(() => layer.weight.assign(new Float32Array(10_000))).toThrow(/parameter weight \[100, 100\].*MiB/);
    vi.restoreAllMocks();
    expect(layer.weight.data).toBe(before);
  });

  it("is never taken beyond what was asked for, even where there is more", () => {
    const region = new Region(strict, 1000);
    const { room } = region;
    expect(() => region.take(room + 1)).toThrow(`${room + 1} bytes were requested but only ${room} are free`);
    const asked = () => region.scratch(40, () => [region.take(20), region.room]);
    expect(asked()[1]).toBe(16);
    expect(() => region.scratch(40, () => [region.take(20), region.take(20)])).toThrow(RangeError);
    expect(region.room).toBe(room);
    region.take(room);
    expect(() => region.put(Float32Array.of(1))).toThrow(RangeError);
  });

  it("is unshared where memory cannot be shared, and works the same", async () => {
    const [a, b] = [normal(1, "a", 3 * 80), normal(2, "b", 80 * 70)];
    const spec = { m: 3, k: 80, n: 70, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
    const shared = wasmKernels("strict");
    const wanted = shared.matmul(a, shared.keep(b), spec);
    vi.stubGlobal("SharedArrayBuffer", undefined);
    vi.resetModules();
    try {
      const own = (await import("../../src/kernels/wasm")).wasmKernels("strict");
      const kept = own.keep(b);
      expect(kept.buffer).toBeInstanceOf(ArrayBuffer);
      expect(own.matmul(a, kept, spec)).toEqual(wanted);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
