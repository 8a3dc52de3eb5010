import type { Flavor } from "../specs";
import { relaxed, strict } from "./binaries";
import { changed } from "./text";

/** The exports of the kernels: pointers in bytes, sizes in elements. Documented in `assembly/`. */
export type Assembly = Record<string, (...args: number[]) => number>;

/** A tiny module that is valid if the engine knows an instruction: a function that drops its result. */
const probe = (...body: number[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 4, 1, 0x60, 0, 0], // one type: () → ()
    ...[3, 2, 1, 0], // one function of it
    ...[10, body.length + 5, 1, body.length + 3, 0, ...body, 0x1a, 0x0b],
  );

const zero = [0x41, 0, 0xfd, 0x0f]; // i32.const 0, i8x16.splat
const hasSimd = () => WebAssembly.validate(probe(...zero));
const hasRelaxedSimd = () => WebAssembly.validate(probe(...zero, ...zero, ...zero, 0xfd, 0x85, 0x02));

export type { Flavor } from "../specs";

/** The binary to run. Chosen once, at first use: importing the library has no side effects. */
export function bestFlavor(): Flavor | undefined {
  if (typeof WebAssembly === "undefined" || !hasSimd()) return undefined;
  return hasRelaxedSimd() ? "relaxed" : "strict";
}

/** Shared memory needs cross-origin isolation in a page, and nothing elsewhere. */
export const canShare = (): boolean => typeof SharedArrayBuffer !== "undefined";

/** Compiles kernels, once: the binary of `strict`, changed by one difference after the other. */
export const compiler = (...differences: readonly string[]): (() => WebAssembly.Module) =>
  compilerOf(strict, ...differences);

/** Compiles kernels, once: a binary, changed by one difference after the other. */
export function compilerOf(binary: string, ...differences: readonly string[]): () => WebAssembly.Module {
  let module: WebAssembly.Module | undefined;
  return () => {
    if (module) return module;
    const bytes = changed(binary, differences);
    if (!canShare()) importUnshared(bytes);
    module = new WebAssembly.Module(bytes);
    return module;
  };
}

const compilers: Readonly<Record<Flavor, () => WebAssembly.Module>> = {
  strict: /* @__PURE__ */ compiler(),
  relaxed: /* @__PURE__ */ compiler(relaxed),
};

/** The compiled kernels of a flavor. */
export const compiled = (flavor: Flavor): WebAssembly.Module => compilers[flavor]();

/** Changes the import of a shared memory to an unshared one: a flag after its name and kind. */
function importUnshared(bytes: Uint8Array): void {
  const name = [..."memory"].map((character) => character.charCodeAt(0));
  const found = bytes.findIndex((_, at) => name.every((code, i) => bytes[at + i] === code));
  bytes[found + name.length + 1] = 1;
}
