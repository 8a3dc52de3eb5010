import type { Module, Pass } from "../blocks";
import type { Tensor } from "../tensor";
import { Places } from "./places";

/** Runs a model and records what it reports at the places that are wanted; unlike `inspect`, also if there are none. */
export function collect<Output>(
  model: Module,
  run: (pass: Pass) => Output,
  isWanted: (place: string) => boolean,
): { output: Output; record: Map<string, Tensor> } {
  const places = new Places(model);
  const record = new Map<string, Tensor>();
  const output = run({
    tap: {
      sees(module, site) {
        if (site === "tokens") places.begin();
        return places.of(module, site).some(isWanted);
      },
      take(module, site, value) {
        const place = places.next(module, site);
        if (isWanted(place)) record.set(place, value);
        return value;
      },
    },
  });
  return { output, record };
}
