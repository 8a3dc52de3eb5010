import { checkSize, sizeOf } from "../../shape";
import type { Tensor } from "../../tensor";
import { multiply } from "../elementwise";
import { permute, reshape } from "../layout";
import { multiplyMatrices } from "../matmul";
import { sum } from "../reduction";
import { readView, stepsOf } from "../view";

/** A tensor whose axes have labels, each once. */
export interface Part {
  x: Tensor;
  labels: readonly string[];
}

type Sizes = ReadonlyMap<string, number>;

const sameOrder = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((label, i) => label === b[i]);
const shapeOf = (labels: readonly string[], sizes: Sizes): number[] => labels.map((label) => sizes.get(label)!);
const elements = (labels: readonly string[], sizes: Sizes): number => sizeOf(shapeOf(labels, sizes));

/** An operand with each label once: of axes with the same label the diagonal, and axes that broadcast left out. */
export function operandOf(x: Tensor, term: readonly string[], sizes: Sizes): Part {
  const isKept = (label: string) => x.shape[term.indexOf(label)] !== 1 || sizes.get(label) === 1;
  const labels = [...new Set(term)].filter(isKept);
  const shape = shapeOf(labels, sizes);
  if (labels.length === term.length) return { x, labels };
  if (new Set(term).size === term.length) return { x: reshape(x, shape), labels };
  const along = stepsOf(x.shape);
  const steps = labels.map((label) => along.reduce((sum, step, axis) => (term[axis] === label ? sum + step : sum), 0));
  return { x: readView(x, { shape, start: 0, steps }), labels };
}

/** Sums over the labels that are not needed. */
export function summed(part: Part, isNeeded: (label: string) => boolean): Part {
  const axis = part.labels.flatMap((label, i) => (isNeeded(label) ? [] : [i]));
  return axis.length === 0 ? part : { x: sum(part.x, { axis }), labels: part.labels.filter(isNeeded) };
}

/** The axes in another order. */
export function arranged({ x, labels }: Part, order: readonly string[]): Tensor {
  if (sameOrder(labels, order)) return x;
  return permute(
    x,
    order.map((label) => labels.indexOf(label)),
  );
}

/**
 * The product of two parts, summed over the labels of both that are not needed. Labels of one part are all needed.
 *
 * @param order the order of labels that is wanted of the result; it may have others
 */
export function contracted(
  a: Part,
  b: Part,
  isNeeded: (label: string) => boolean,
  order: readonly string[],
  sizes: Sizes,
): Part {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const rows = a.labels.filter((label) => !b.labels.includes(label));
  const columns = b.labels.filter((label) => !a.labels.includes(label));
  if (shared.every(isNeeded)) {
    const all = [...shared, ...rows, ...columns];
    return broadcast(
      a,
      b,
      [...order.filter((label) => all.includes(label)), ...all.filter((l) => !order.includes(l))],
      sizes,
    );
  }
  // Products of single rows by single columns would be many and small.
  if (rows.length + columns.length === 0) return summed(broadcast(a, b, a.labels, sizes), isNeeded);
  const batch = shared.filter(isNeeded);
  // The sides change places if the result then lies as it is wanted.
  if (sameOrder([...batch, ...columns, ...rows], order) && !sameOrder([...batch, ...rows, ...columns], order))
    return matrices(b, a, batch, columns, rows, sizes);
  return matrices(a, b, batch, rows, columns, sizes);
}

/** Without a sum: every element by every element. */
function broadcast(a: Part, b: Part, labels: readonly string[], sizes: Sizes): Part {
  checkSize("einsum", shapeOf(labels, sizes));
  const spread = (part: Part) => {
    const own = labels.filter((label) => part.labels.includes(label));
    const shape = labels.map((label) => (own.includes(label) ? sizes.get(label)! : 1));
    return reshape(arranged(part, own), shape);
  };
  return { x: multiply(spread(a), spread(b)), labels };
}

/** The groups of labels of a part in the order of its axes. */
interface Layout {
  batch: readonly string[];
  inner: readonly string[];
}

/** As products of matrices. Of the orders of labels within their groups, one that needs the fewest copies. */
function matrices(
  a: Part,
  b: Part,
  batch: readonly string[],
  rows: readonly string[],
  columns: readonly string[],
  sizes: Sizes,
): Part {
  const within = (part: Part, isInner: boolean) =>
    part.labels.filter(
      (label) => a.labels.includes(label) && b.labels.includes(label) && batch.includes(label) !== isInner,
    );
  const layouts: Layout[] = [a, b].flatMap((first) =>
    [a, b].map((second) => ({ batch: within(first, false), inner: within(second, true) })),
  );
  const copies = ({ batch: outer, inner }: Layout) =>
    (fits(a, outer, rows, inner) ? 0 : a.x.size) + (fits(b, outer, columns, inner) ? 0 : b.x.size);
  const layout = layouts.reduce((best, each) => (copies(each) < copies(best) ? each : best));
  const labels = [...layout.batch, ...rows, ...columns];
  checkSize("einsum", shapeOf(labels, sizes));
  const [left, transposeA] = matrixOf(a, layout, rows, sizes);
  const [right, isColumn] = matrixOf(b, layout, columns, sizes);
  const product = multiplyMatrices(left, right, { transposeA, transposeB: !isColumn });
  return { x: reshape(product, shapeOf(labels, sizes)), labels };
}

/** Whether a part is a batch of matrices as it lies, transposed or not. */
const fits = (part: Part, batch: readonly string[], own: readonly string[], inner: readonly string[]): boolean =>
  sameOrder(part.labels, [...batch, ...own, ...inner]) || sameOrder(part.labels, [...batch, ...inner, ...own]);

/** A part as matrices, and whether their rows are the inner labels. */
function matrixOf(part: Part, { batch, inner }: Layout, own: readonly string[], sizes: Sizes): [Tensor, boolean] {
  const outer = batch.length === 0 ? [] : [elements(batch, sizes)];
  const lines = elements(own, sizes);
  const depth = elements(inner, sizes);
  const isTransposed = sameOrder(part.labels, [...batch, ...inner, ...own]) && own.length > 0;
  const x = arranged(part, isTransposed ? part.labels : [...batch, ...own, ...inner]);
  return [reshape(x, [...outer, ...(isTransposed ? [depth, lines] : [lines, depth])]), isTransposed];
}
