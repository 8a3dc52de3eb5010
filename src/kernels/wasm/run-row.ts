import type { Angles, RowCache, RowChain, RowState } from "../row-program";
import { attend } from "./attend-row";
import type { Flavor } from "./module";
import { type Image, imageOf, isCurrent } from "./row-image";
import type { Part } from "./row-part";
import { dispatch } from "./threads";

/** Null if these kernels have none of the chain's programs. */
const images: Readonly<Record<Flavor, WeakMap<RowChain, Image | null>>> = {
  strict: /* @__PURE__ */ new WeakMap(),
  relaxed: /* @__PURE__ */ new WeakMap(),
};

/** Allocates little, and reads little of what it does not compute with: the weights have emptied the processor's caches. */
export function runRow(
  flavor: Flavor,
  chain: RowChain,
  from: number,
  inputs: readonly Float32Array[],
  angles: readonly (Angles | undefined)[],
  cache?: RowCache,
): RowState {
  const image = currentImage(flavor, chain);
  if (image === undefined) return { at: from, values: inputs };
  const compute = () => runFrom(flavor, image, chain, from, inputs, angles, cache);
  return image.grounds.reduce<() => RowState>((inner, ground) => () => ground.use(inner), compute)();
}

function runFrom(
  flavor: Flavor,
  { stretches, entries, attention }: Image,
  chain: RowChain,
  from: number,
  inputs: readonly Float32Array[],
  angles: readonly (Angles | undefined)[],
  cache: RowCache | undefined,
): RowState {
  const last = chain.programs.length - 1;
  let at = from;
  for (; at <= last; at++) {
    const stretch = stretches[at];
    const held = at < last ? cache?.held(at) : undefined;
    if (stretch === undefined || (at < last && held === undefined)) break;
    if (at === from) for (let i = 0; i < inputs.length; i++) entries[at]![i]!.set(inputs[i]!);
    if (!runParts(stretch.parts, angles[at])) break;
    if (held === undefined) return { at: at + 1, values: stretch.results.map(copyOf) };
    if (!attend(flavor, attention[at]!, stretch.results, held, entries[at + 1]![1]!)) break;
    cache!.wrote(at);
    stretch.carried?.set(stretch.kept!);
  }
  return { at, values: at === from ? inputs : entries[at]!.map(copyOf) };
}

/** @returns whether the numbers were such that the results are right */
function runParts(parts: readonly Part[], angles: Angles | undefined): boolean {
  for (let p = 0; p < parts.length; p++) {
    const part = parts[p]!;
    part.across?.set(angles!.across);
    part.up?.set(angles!.up);
    const { from, to } = part;
    for (let i = 0; i < from.length; i++) to[i]!.set(from[i]!);
    dispatch(part.place, "runSteps", part.args, part);
    if (part.integers[part.extreme] !== 0) return false;
  }
  return true;
}

/** Numbers of JavaScript's own memory. */
const copyOf = (numbers: Float32Array): Float32Array => new Float32Array(numbers);

function currentImage(flavor: Flavor, chain: RowChain): Image | undefined {
  const known = images[flavor].get(chain);
  if (known === null || (known && isCurrent(known))) return known ?? undefined;
  const image = imageOf(flavor, chain);
  images[flavor].set(chain, image ?? null);
  return image;
}
