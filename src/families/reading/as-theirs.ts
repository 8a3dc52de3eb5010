import type { FloatDtype, WritableTensor } from "../../checkpoint";
import type { Link } from "../name-map";
import { toTheirs } from "./layout";
import { nothingUnused, type Unused } from "./unused-weights";

/** How a checkpoint says its tensors. All names are those of the family's rules, except where a file is mentioned. */
export interface TheirWay {
  /** The name in the file. */
  nameOf(theirs: string): string;
  dtypeOf(theirs: string): FloatDtype;
  /** Names in the file of copies, each with the tensor that it is a copy of. */
  readonly copies?: ReadonlyMap<string, string> | undefined;
  readonly unused?: Unused | undefined;
}

/** Converts parameter values, given by path, to the tensors of a checkpoint, including copies and what is unused. */
export function asTheirs(
  links: readonly Link[],
  values: (path: string) => Float32Array,
  { nameOf, dtypeOf, copies = new Map(), unused = nothingUnused }: TheirWay,
): Map<string, WritableTensor> {
  const dataOf = (link: Link) => toTheirs(link, values, unused.rows.get(link.theirs));
  const tensors = new Map<string, WritableTensor>();
  for (const link of links)
    tensors.set(nameOf(link.theirs), { shape: link.shape, data: dataOf(link), dtype: dtypeOf(link.theirs) });
  for (const [theirs, tensor] of unused.tensors) tensors.set(nameOf(theirs), { ...tensor, dtype: dtypeOf(theirs) });
  for (const [name, original] of copies) {
    const tensor = tensors.get(nameOf(original));
    if (tensor !== undefined && !tensors.has(name)) tensors.set(name, tensor);
  }
  return tensors;
}
