import type { Unary } from "../kernels";
import { elements, relaxedLayers, strictLayers } from "./binaries";
import { compilerOf, type Flavor } from "./module";
import type { Place, Region } from "./region";
import { dispatch } from "./threads";
import { unaries } from "./unaries";

const compilers: Readonly<Record<Flavor, () => WebAssembly.Module>> = {
  strict: /* @__PURE__ */ compilerOf(elements, strictLayers),
  relaxed: /* @__PURE__ */ compilerOf(elements, strictLayers, relaxedLayers),
};

/** The functions between the products of a layer, in the memory of its weights. */
export const layerFunctions = (region: Region, flavor: Flavor): Place => region.with(compilers[flavor]());

/** f of `count` numbers in a region, in place, times a factor if one is given; up to three numbers behind them change too. */
export function activate(functions: Place, name: Unary, x: number, count: number, factor = 0): void {
  dispatch(functions, "activate", [unaries[name] ?? -1, x, factor], { count, work: 16, multiple: 4 });
}

/** Adds numbers in a region to others; up to three numbers behind them change too. */
export function addNumbers(functions: Place, to: number, x: number, count: number): void {
  dispatch(functions, "addNumbers", [to, x], { count, work: 1, multiple: 4 });
}
