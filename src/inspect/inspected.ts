import type { Module, Pass } from "../blocks";
import { expectModule } from "../blocks/internal";
import { type Check, expectFunction, expectRecord } from "../checks";
import type { Tensor } from "../tensor";
import { gradientsOver } from "../tensor/internal";
import { type Patches, Recorder, type Site } from "./recorder";

/** What `inspect` gives. */
export interface Inspected<Output> {
  output: Output;
  /** The reported values by path and site, in the order of the run; the last one if a site reported twice. */
  record: Map<string, Tensor>;
  /** The gradient over each recorded value, by the same names; empty unless asked for. */
  gradients: Map<string, Tensor>;
}

interface Wanted<Output> {
  sites: readonly Site[];
  patches?: Patches | undefined;
  gradients?: ((output: Output, record: ReadonlyMap<string, Tensor>) => Tensor) | undefined;
}

/** Checks for patches by site. */
export const patchesCheck: Check = (where, name, value) => {
  expectRecord(where, name, value);
  for (const [site, make] of Object.entries(value)) expectFunction(where, `${name}["${site}"]`, make);
};

/** @param where the function to name in errors */
export function inspected<Output>(
  where: string,
  model: Module,
  run: (pass: Pass) => Output,
  { sites, patches, gradients: scalar }: Wanted<Output>,
): Inspected<Output> {
  expectModule(where, "model", model);
  expectFunction(where, "run", run);
  if (scalar === undefined) {
    const tap = new Recorder(where, model, { sites, patches });
    const output = run({ tap });
    tap.expectAllReported();
    return { output, record: tap.record, gradients: new Map() };
  }
  let output: Output;
  const { inner: tap, gradients } = gradientsOver(where, (watch) => {
    const tap = new Recorder(where, model, { sites, patches, watch });
    output = run({ tap });
    tap.expectAllReported();
    return { value: scalar(output, tap.record), inner: tap };
  });
  const named = [...tap.record].map(([place, value]) => [place, gradients(value)] as const);
  return { output: output!, record: tap.record, gradients: new Map(named) };
}
