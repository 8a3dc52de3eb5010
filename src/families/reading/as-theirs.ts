import type { WritableTensor } from "../../checkpoint";
import type { ConfigObject } from "../config-fields";
import type { Family } from "../family";
import type { Link } from "../name-map";
import { toTheirs } from "./layout";
import { written } from "./stored-names";
import { nothingUnused, type Unused } from "./unused-weights";

/** Converts parameter values, given by path, to the tensors of a checkpoint, including what is unused. */
export function asTheirs(
  family: Family,
  config: ConfigObject,
  links: readonly Link[],
  values: (path: string) => Float32Array,
  dtype: WritableTensor["dtype"] = "F32",
  unused: Unused = nothingUnused,
  had: (name: string) => boolean = () => false,
): Map<string, WritableTensor> {
  const architecture = Array.isArray(config.architectures) ? config.architectures[0] : undefined;
  const nameOf = (theirs: string) => written(theirs, family, architecture, had);
  const dataOf = (link: Link) => toTheirs(link, values, unused.rows.get(link.theirs));
  return new Map([
    ...links.map((link) => [nameOf(link.theirs), { shape: link.shape, data: dataOf(link), dtype }] as const),
    ...Array.from(unused.tensors, ([theirs, tensor]) => [nameOf(theirs), { ...tensor, dtype }] as const),
  ]);
}
