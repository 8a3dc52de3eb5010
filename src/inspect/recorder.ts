import type { Module, Tap } from "../blocks";
import { ShapeError, Tensor } from "../tensor";
import { sameShape } from "../tensor/internal";
import { Places } from "./places";
import { SitePattern } from "./sites";

/** Returns the replacement of a value. `place` is the path and the site, `blocks.3.output`. */
export type Patch = (value: Tensor, place: string) => Tensor;

/** A patch for each site, or for all sites that match a pattern with `*`. */
export type Patches = Readonly<Record<string, Patch>>;

/** A site, with `*` or not, which must exist, or which places are wanted if they are there. */
export type Site = string | ((place: string) => boolean);

interface Wanted {
  sites: readonly Site[];
  patches?: Patches | undefined;
  /** Called with each value that is recorded; what it returns takes its place. */
  watch?: ((value: Tensor) => Tensor) | undefined;
}

/** Records and patches what blocks report. */
export class Recorder implements Tap {
  readonly record: Map<string, Tensor> = new Map();
  readonly #where: string;
  readonly #places: Places;
  readonly #sites: readonly Pick<SitePattern, "matches">[];
  readonly #patches: readonly (readonly [SitePattern, Patch])[];
  readonly #watch: (value: Tensor) => Tensor;
  /** Those that must exist. */
  readonly #patterns: readonly SitePattern[];
  readonly #reported = new Set<string>();

  /** @param where the function to name in errors */
  constructor(where: string, model: Module, { sites, patches = {}, watch = (value) => value }: Wanted) {
    this.#where = where;
    this.#places = new Places(model);
    this.#sites = sites.map((site) => (typeof site === "string" ? new SitePattern(where, site) : { matches: site }));
    this.#patches = Object.entries(patches).map(([site, make]) => [new SitePattern(where, site), make] as const);
    const patched = this.#patches.map(([pattern]) => pattern);
    this.#patterns = [...this.#sites, ...patched].filter((site) => site instanceof SitePattern);
    this.#watch = watch;
    for (const pattern of this.#patterns) pattern.expectModule(this.#places.paths);
  }

  sees(module: Module, site: string): boolean {
    if (site === "tokens") this.#places.begin();
    const places = this.#places.of(module, site);
    for (const place of places) this.#reported.add(place);
    const isWanted = (place: string) =>
      this.#sites.some((wanted) => wanted.matches(place)) || this.#patches.some(([wanted]) => wanted.matches(place));
    return places.some(isWanted);
  }

  take(module: Module, site: string, value: Tensor): Tensor {
    const place = this.#places.next(module, site);
    let taken = value;
    for (const [pattern, make] of this.#patches)
      if (pattern.matches(place)) taken = patched(this.#where, taken, place, make);
    if (!this.#sites.some((pattern) => pattern.matches(place))) return taken;
    const seen = this.#watch(taken);
    this.record.set(place, seen);
    return seen;
  }

  expectAllReported(): void {
    for (const pattern of this.#patterns) pattern.expectReported([...this.#reported]);
  }
}

function patched(where: string, value: Tensor, place: string, make: Patch): Tensor {
  const made = make(value, place);
  if (!(made instanceof Tensor)) throw new TypeError(`${where}: the patch of "${place}" must return a Tensor`);
  if (!sameShape(made.shape, value.shape))
    throw new ShapeError(`${where}: "${place}" is ${value.describe()}; its patch returned ${made.describe()}`);
  return made;
}
