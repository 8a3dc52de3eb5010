import type { Angles, HeldRows, RowCache, RowChain, RowState } from "../row-program";
import { type Spot, spotOf } from "./attend-row";
import type { Flavor } from "./module";
import { type Outside, withOutside } from "./outside";
import type { Place } from "./region";
import { type Image, imageOf, isCurrent } from "./row-image";

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
  const compute = () => runFrom(flavor, image, from, inputs, angles, cache);
  return image.grounds.reduce<() => RowState>((inner, ground) => () => ground.use(inner), compute)();
}

/** An attention that can run: where, and over what. */
interface Ready {
  readonly spot: Spot;
  readonly held: HeldRows;
}

function runFrom(
  flavor: Flavor,
  image: Image,
  from: number,
  inputs: readonly Float32Array[],
  angles: readonly (Angles | undefined)[],
  cache: RowCache | undefined,
): RowState {
  const { stretches, entries, segments } = image;
  const ready: (Ready | undefined)[] = [];
  let end = from;
  for (; stretches[end]; end++) {
    if (end === image.attention.length) {
      end++;
      break;
    }
    ready[end] = readied(flavor, image, end, cache?.held(end));
    if (!ready[end]) break;
  }
  if (end === from) return { at: from, values: inputs };
  for (const [i, input] of inputs.entries()) entries[from]![i]!.set(input);
  const start = stretches[from]!.from;
  const { to, results } = stretches[end - 1]!;
  const attentions = new Attentions(image, ready, from);
  const also = attentions.places;
  const isDone = withOutside(attentions, () => {
    for (let s = start.segment; s <= to.segment; s++) {
      const segment = segments[s]!;
      const [first, last] = [s === start.segment ? start.step : 0, s === to.segment ? to.step : segment.length];
      if (!segment.run(first, last, angles, also) || attentions.hasEnded) return false;
    }
    return true;
  });
  attentions.expectNoFailure();
  for (let place = from; place < attentions.at; place++) cache!.wrote(place);
  if (isDone && end > image.attention.length) return { at: end, values: results.map(copyOf) };
  const { at } = attentions;
  return { at, values: at === from ? inputs : entries[at]!.map(copyOf) };
}

function readied(flavor: Flavor, { attention }: Image, place: number, held: HeldRows | undefined): Ready | undefined {
  const spot = held && spotOf(flavor, attention[place]!, held);
  return spot && { spot, held };
}

/** The attention of a run, between the programs. */
class Attentions implements Outside {
  readonly #image: Image;
  readonly #ready: readonly (Ready | undefined)[];
  #failure: { error: unknown } | undefined;
  /** Whether the run ended before its end. */
  hasEnded = false;
  /** The program that comes next. */
  at: number;

  constructor(image: Image, ready: readonly (Ready | undefined)[], from: number) {
    this.#image = image;
    this.#ready = ready;
    this.at = from;
  }

  /** The memories of keys and values. */
  get places(): Place[] {
    return [...new Set(this.#ready.flatMap((ready) => ready?.spot.home ?? []))];
  }

  beginAttention(place: number): number {
    const { spot, held } = this.#ready[place]!;
    const [, q, k, v] = this.#image.stretches[place]!.results as readonly Float32Array[];
    return this.#unlessFailed(() => spot.begin(q!, k!, v!, held));
  }

  attendHeads(from: number, to: number): void {
    this.#ready[this.at]!.spot.attendHeads(from, to);
  }

  endAttention(place: number): number {
    const [, attended] = this.#image.entries[place + 1]!;
    const isPlain = this.#unlessFailed(() => Number(this.#ready[place]!.spot.end(attended!)));
    this.at += isPlain;
    return isPlain;
  }

  /** An error must not end the kernels: other threads wait for them. */
  #unlessFailed(compute: () => number): number {
    try {
      const result = compute();
      this.hasEnded ||= result === 0;
      return result;
    } catch (error) {
      this.#failure = { error };
      this.hasEnded = true;
      return 0;
    }
  }

  expectNoFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
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
