import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as binaries from "../../../src/kernels/wasm/binaries";
import { predictorOf } from "../../../src/kernels/wasm/predictor";
import { bytesOf, letters } from "../../../src/kernels/wasm/text";

const build = new URL("../../../src/kernels/wasm/assembly/build/text.mjs", import.meta.url);
interface Reader {
  predictorOf: typeof predictorOf;
  letters: string;
}
const { textOf }: { textOf: (bytes: Uint8Array, reader: Reader) => string } = await import(build.href);
const text = (bytes: Uint8Array) => textOf(bytes, { predictorOf, letters });

describe("binaries as text", () => {
  it("every byte comes back, whatever its neighbours are", () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(bytesOf(text(all))).toEqual(all);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        expect(bytesOf(text(bytes))).toEqual(bytes);
      }),
    );
  });

  it("bytes that are hard to predict, and those that are easy, come back too", () => {
    const opposite = (bit: number) => {
      const predictor = predictorOf(100);
      return Uint8Array.from({ length: 100 }, () => {
        let byte = 0;
        for (let i = 0; i < 8; i++) {
          const next = predictor.predict() > 0.5 === (bit === 1) ? 1 : 0;
          predictor.learn(next);
          byte = 2 * byte + next;
        }
        return byte;
      });
    };
    for (const bytes of [opposite(0), opposite(1), new Uint8Array(2000), new Uint8Array(2000).fill(255)])
      expect(bytesOf(text(bytes))).toEqual(bytes);
  });

  it("they take a fifth less than their bytes, both compressed", () => {
    const sizes = Object.values(binaries).map((binary) => [gzipSync(binary).length, gzipSync(bytesOf(binary)).length]);
    const [texts, bytes] = [0, 1].map((i) => sizes.reduce((sum, pair) => sum + pair[i]!, 0));
    expect(texts).toBeLessThan(0.85 * bytes!);
  });

  it("no digit is written as an escape, or ends a script in a page", () => {
    expect(new Set(letters).size).toBe(64);
    expect(letters).toMatch(/^[\w-]*$/);
    for (const binary of Object.values(binaries)) expect(binary).toMatch(/^[\w-]+$/);
  });
});
