import { relaxedDecoding, strictDecoding } from "./binaries";
import { compiler, type Flavor } from "./module";
import { calls } from "./outside";
import { bringCalls } from "./region";

/** A binary of its own, which pages that do not decode leave out. */
const compilers: Readonly<Record<Flavor, () => WebAssembly.Module>> = {
  strict: /* @__PURE__ */ compiler(strictDecoding),
  relaxed: /* @__PURE__ */ compiler(strictDecoding, relaxedDecoding),
};

/** The compiled kernels of decoding. */
export function compiledDecoding(flavor: Flavor): WebAssembly.Module {
  bringCalls(calls);
  return compilers[flavor]();
}
