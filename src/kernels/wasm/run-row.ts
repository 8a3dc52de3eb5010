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
  for (let at = from; ; at++) {
    const stretch = stretches[at];
    const held = at < last ? cache?.held(at) : undefined;
    const end = (): RowState => ({ at, values: at === from ? inputs : entries[at]!.map(copyOf) });
    if (stretch === undefined || (at < last && held === undefined)) return end();
    if (at === from) for (let i = 0; i < inputs.length; i++) entries[at]![i]!.set(inputs[i]!);
    for (const [across, up] of stretch.turns) {
      across.set(angles[at]!.across);
      up.set(angles[at]!.up);
    }
    for (const part of stretch.parts) if (!runPart(part)) return end();
    if (held === undefined) return { at: at + 1, values: stretch.results.map(copyOf) };
    if (!attend(flavor, attention[at]!, stretch.results, held, entries[at + 1]![1]!)) return end();
    cache!.wrote(at);
    for (const { to, numbers } of stretch.carried) to.set(numbers);
  }
}

/** @returns whether the numbers were such that the results are right */
function runPart({ place, copies, args, work, integers, extreme }: Part): boolean {
  for (let i = 0; i < copies.length; i++) copies[i]!.to.set(copies[i]!.numbers);
  dispatch(place, "runSteps", args, work);
  return integers[extreme] === 0;
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
