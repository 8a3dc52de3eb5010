import { afterEach, describe, expect, it, vi } from "vitest";
import { kernelInfo, kernels, referenceKernels, strictKernels, useKernels, withKernels } from "../../src/kernels";
import { holdKernels } from "../../src/kernels/current";
import { add, sum, tensor, valueAndGradients } from "../../src/tensor";

describe("useKernels", () => {
  const before = kernels();
  afterEach(() => useKernels(before));

  it("makes operations run on the given kernels", () => {
    const names: string[] = [];
    useKernels({
      ...referenceKernels,
      name: "counted",
      binary: (name, a, b, broadcast) => {
        names.push(name);
        return referenceKernels.binary(name, a, b, broadcast);
      },
    });
    expect(kernelInfo().name).toBe("counted");
    expect(add(tensor([1, 2]), 3).toArray()).toEqual([4, 5]);
    expect(names).toEqual(["add"]);
  });

  it("takes the strict kernels, which are one set however often they are asked for", () => {
    useKernels(strictKernels());
    expect(kernelInfo()).toMatchObject({ name: "wasm, strict", simd: true });
    expect(strictKernels()).toBe(strictKernels());
    expect(add(tensor([1, 2]), 3).toArray()).toEqual([4, 5]);
  });

  it("refuses anything but a set of kernels and keeps the old ones", () => {
    // @ts-expect-error a string is no set of kernels
    expect(() => useKernels("wasm")).toThrow(TypeError);
    expect(kernels()).toBe(before);
  });

  it("refuses to change while gradients are recorded", () => {
    const x = tensor([1, 2]);
    const change = () => {
      useKernels(referenceKernels);
      return sum(x);
    };
    expect(() => valueAndGradients([x], change)).toThrow("before or after");
    expect(kernels()).toBe(before);
    expect(valueAndGradients([x], () => sum(x)).value.item()).toBe(3);
    expect(() => holdKernels(() => holdKernels(() => 1) + change().item())).toThrow("before or after");
  });
});

describe("withKernels", () => {
  it("runs a function on other kernels, and refuses one that would go on with those before", async () => {
    const before = kernels().name;
    expect(withKernels(referenceKernels, () => kernelInfo().name)).toBe(referenceKernels.name);
    const later = async () => kernelInfo().name;
    expect(() => withKernels(referenceKernels, later)).toThrow(/^withKernels: f must not be async/);
    expect(kernels().name).toBe(before);
  });
});

class Forbidden {
  constructor() {
    throw new WebAssembly.CompileError("the policy of this page");
  }
}

describe("the kernels of an engine", () => {
  it.each([
    ["has no WebAssembly", undefined],
    ["has no SIMD", Object.create(WebAssembly, { validate: { value: () => false } })],
    ["may not compile", Object.create(WebAssembly, { Module: { value: Forbidden } })],
  ])("that %s are the reference's", async (_, engine) => {
    vi.stubGlobal("WebAssembly", engine);
    vi.resetModules();
    try {
      const { kernelInfo, useThreads } = await import("../../src/kernels");
      expect(kernelInfo()).toEqual({ name: "reference", simd: false, threads: 1 });
      await expect(useThreads(2)).rejects.toThrow();
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
