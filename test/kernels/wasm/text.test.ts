import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { letters } from "../../../src/kernels/wasm/binaries";
import { bytesOf } from "../../../src/kernels/wasm/text";

const build = new URL("../../../src/kernels/wasm/assembly/build/text.mjs", import.meta.url);
const { textOf }: { textOf: (bytes: Uint8Array) => string } = await import(build.href);

describe("binaries as text", () => {
  it("every byte comes back, whatever its neighbours are", () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(bytesOf(textOf(all))).toEqual(all);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        expect(bytesOf(textOf(bytes))).toEqual(bytes);
      }),
    );
  });

  it("no letter is written as an escape, or ends a script in a page", () => {
    expect(new Set(letters).size).toBe(letters.length);
    expect(letters).toMatch(/^[ -~]*$/);
    expect(letters).not.toMatch(/["'`\\$<]/);
  });
});
