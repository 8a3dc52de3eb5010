import { type Checks, checkOptions, wholeIn } from "../../checks";
import { ShapeError } from "../../errors";
import { knownAs } from "../../synonyms";
import { ones } from "../make";
import { nestedIndices } from "../nested-indices";
import { checkShape, show } from "../shape";
import type { Settled, Shape } from "../shape-types";
import type { Tensor } from "../tensor";
import type { Index, IndexShape } from "./gather";
import { flatPlaces, put } from "./take";

/** Options of `oneHot`. */
export interface OneHotOptions<Classes extends number = number> {
  /** The number of classes; one more than the greatest id if omitted. */
  classes?: Classes | undefined;
}
const checks: Checks<OneHotOptions> = /* @__PURE__ */ knownAs(
  { options: ["classes numClasses depth"] },
  { classes: /* @__PURE__ */ wholeIn({ least: 1 }) },
);

/**
 * A row for each id that is 1 at that place and 0 elsewhere: ids [...] → [..., classes].
 *
 * @throws RangeError for an id that is not a class, naming its place
 * @example
 * ```ts
 * import { oneHot } from "transformer-blocks";
 * oneHot([2, 0], { classes: 3 }).toArray(); // [[0, 0, 1], [1, 0, 0]]
 * ```
 */
export function oneHot<const I extends Index, const Classes extends number = number, Wanted extends Shape = Shape>(
  ids: I,
  options?: OneHotOptions<Classes>,
): Tensor<Settled<[...IndexShape<I>, Classes], Wanted>>;
export function oneHot(ids: Index, options: OneHotOptions = {}): Tensor {
  checkOptions("oneHot", options, checks);
  const { values, shape } = nestedIndices("oneHot: ids", ids, options.classes ?? 2 ** 31 - 1);
  if (values.length === 0 && options.classes === undefined)
    throw new ShapeError("oneHot: without ids, the option classes is needed");
  const classes = options.classes ?? values.reduce((greatest, id) => Math.max(greatest, id), 0) + 1;
  const output = [...shape, classes];
  checkShape("oneHot", output);
  const places = flatPlaces(output, shape.length, [...shape, 1], values);
  try {
    return put(ones([...shape, 1]), places, output);
  } catch (cause) {
    throw new RangeError(`oneHot: out of memory for shape ${show(output)}`, { cause });
  }
}
