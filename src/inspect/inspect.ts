import type { Module, Pass, Tap } from "../blocks";
import { expectModule } from "../blocks/internal";
import { arrayOf, type Check, type Checks, checkOptions, expectFunction, expectRecord, expectString } from "../checks";
import { knownAs } from "../synonyms";
import { ShapeError, Tensor } from "../tensor";
import { sameShape } from "../tensor/internal";
import { Places, SitePattern } from "./sites";

/** Returns the replacement of a value. `place` is the path and the site, `blocks.3.output`. */
export type Patch = (value: Tensor, place: string) => Tensor;

/** A patch for each site, or for all sites that match a pattern with `*`. */
export type Patches = Readonly<Record<string, Patch>>;

/** Options of `inspect`. */
export interface InspectOptions {
  /** What to record: a path and a site; `*` matches any one name. A model's own sites have no path. */
  sites: readonly string[];
  /** What to change during the run. Records contain the patched values. */
  patches?: Patches | undefined;
}

const patchesCheck: Check = (where, name, value) => {
  expectRecord(where, name, value);
  for (const [site, make] of Object.entries(value)) expectFunction(where, `${name}["${site}"]`, make);
};

const checks: Checks<InspectOptions> = /* @__PURE__ */ knownAs(
  {
    options: ["sites hooks layers"],
  },
  {
    sites: arrayOf(expectString, "an array of strings"),
    patches: patchesCheck,
  },
);

/** What `inspect` gives. */
export interface Inspected<Output> {
  output: Output;
  /** The reported values by path and site, in the order of the run; the last one if a site reported twice. */
  record: Map<string, Tensor>;
}

/**
 * Runs a model and records inner values. Recording changes results only by rounding, and only if attention weights are
 * recorded, because they are then computed explicitly. `run` must pass its pass on, alone or spread into another, `{
 * ...pass, mask }`, and return once the model has run. Values stay differentiable inside `valueAndGradients`.
 *
 * @throws RangeError for a site that no module of the model has, or that the run did not report; TypeError or
 * ShapeError for a patch that does not return a tensor of the same shape
 * @see Vig et al. 2020, Causal Mediation Analysis (arXiv 2004.12265), for the uses of recorded and patched values
 * @example
 * ```ts
 * import { gpt } from "transformer-blocks";
 * import { inspect } from "transformer-blocks/inspect";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 2 }, { seed: 1 });
 * const { record } = inspect(model, (pass) => model.forward([[1, 2, 3]], pass), { sites: ["blocks.*.attention.weights"] });
 * [...record.keys()];                                // ["blocks.0.attention.weights", "blocks.1.attention.weights"]
 * record.get("blocks.0.attention.weights")?.shape; // [1, 2, 3, 3]
 * ```
 */
export function inspect<Output>(
  model: Module,
  run: (pass: Pass) => Output,
  options: InspectOptions,
): Inspected<Output> {
  checkOptions("inspect", options, checks, ["sites"]);
  return inspected("inspect", model, run, options);
}

function inspected<Output>(
  where: string,
  model: Module,
  run: (pass: Pass) => Output,
  { sites, patches = {} }: InspectOptions,
): Inspected<Output> {
  expectModule(where, "model", model);
  expectFunction(where, "run", run);
  const tap = new Recorder(where, model, sites, patches);
  const output = run({ tap });
  tap.expectAllReported();
  return { output, record: tap.record };
}

/**
 * Runs a model with changed inner values, and returns its output. A run inside `valueAndGradients` is differentiable
 * through the patches.
 *
 * @throws as `inspect`
 * @see Meng et al. 2022 (arXiv 2202.05262), section 2, for patching as causal analysis
 * @example
 * ```ts
 * import { gpt, multiply } from "transformer-blocks";
 * import { patch } from "transformer-blocks/inspect";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 2 }, { seed: 1 });
 * const louder = patch(model, (pass) => model.forward([[1, 2, 3]], pass), { "blocks.0.output": (x) => multiply(x, 2) });
 * louder.shape; // [1, 3, 8]
 * ```
 */
export function patch<Output>(model: Module, run: (pass: Pass) => Output, patches: Patches): Output {
  patchesCheck("patch", "patches", patches);
  return inspected("patch", model, run, { sites: [], patches }).output;
}

/** Records and patches what blocks report. */
class Recorder implements Tap {
  readonly record = new Map<string, Tensor>();
  readonly #where: string;
  readonly #places: Places;
  readonly #sites: readonly SitePattern[];
  readonly #patches: readonly (readonly [SitePattern, Patch])[];
  readonly #reported = new Set<string>();

  constructor(where: string, model: Module, sites: readonly string[], patches: Patches) {
    this.#where = where;
    this.#places = new Places(model);
    this.#sites = sites.map((site) => new SitePattern(where, site));
    this.#patches = Object.entries(patches).map(([site, make]) => [new SitePattern(where, site), make] as const);
    for (const pattern of this.#patterns()) pattern.expectModule(this.#places.paths);
  }

  sees(module: Module, site: string): boolean {
    const place = this.#places.of(module, site);
    if (place === undefined) return false;
    this.#reported.add(place);
    return this.#patterns().some((pattern) => pattern.matches(place));
  }

  take(module: Module, site: string, value: Tensor): Tensor {
    const place = this.#places.of(module, site)!;
    let taken = value;
    for (const [pattern, make] of this.#patches)
      if (pattern.matches(place)) taken = patched(this.#where, taken, place, make);
    if (this.#sites.some((pattern) => pattern.matches(place))) this.record.set(place, taken);
    return taken;
  }

  expectAllReported(): void {
    for (const pattern of this.#patterns()) pattern.expectReported([...this.#reported]);
  }

  #patterns(): SitePattern[] {
    return [...this.#sites, ...this.#patches.map(([pattern]) => pattern)];
  }
}

function patched(where: string, value: Tensor, place: string, make: Patch): Tensor {
  const made = make(value, place);
  if (!(made instanceof Tensor)) throw new TypeError(`${where}: the patch of "${place}" must return a Tensor`);
  if (!sameShape(made.shape, value.shape))
    throw new ShapeError(`${where}: "${place}" is ${value.describe()}; its patch returned ${made.describe()}`);
  return made;
}
