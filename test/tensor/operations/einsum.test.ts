import { describe, expect, it, vi } from "vitest";
import { kernels } from "../../../src/kernels";
import { einsum, random, type Shape, type Tensor, tensor, zeros } from "../../../src/tensor";
import { bestOrder, type Tree } from "../../../src/tensor/operations/einsum/order";

const normal = (seed: number, ...shape: number[]): Tensor =>
  tensor(random(seed).normal(shape.reduce((product, size) => product * size, 1)), shape as Shape);

describe("an equation of einsum that does not parse is refused", () => {
  it.each([
    ["ij,j?->i", 4, 'an unexpected "?"'],
    ["ij;jk", 2, 'an unexpected ";"'],
    ["i1->i", 1, 'an unexpected "1"'],
    ["i→i", 1, 'an unexpected "→"'],
    ["ij-ji", 2, 'an unexpected "-"'],
    ["ij>ji", 2, 'an unexpected ">"'],
    ["i..j->", 1, 'an unexpected "."'],
    ["...i....->i", 4, "a second ellipsis in one term"],
    ["ij->...i...", 8, "a second ellipsis in one term"],
    ["ij->i->j", 5, 'a second "->"'],
    ["ij->ii", 5, 'a second "i" in the result'],
    ["ij->ik", 5, 'a "k" in the result that is in no term'],
    ["ij->i,j", 5, 'an unexpected ","'],
  ])("%s names position %i", (equation, position, what) => {
    const call = () => einsum(equation, zeros([2, 2]), zeros([2, 2]));
    expect(call).toThrow(RangeError);
    expect(call).toThrow(`einsum: the equation "${equation}" has ${what} at position ${position}`);
  });

  it.each([
    ["ij,jk", 1, "has 2 terms, but 1 operand is given"],
    ["ij", 2, "has 1 term, but 2 operands are given"],
    ["", 0, "has 1 term, but 0 operands are given"],
  ])("%s for %i operands", (equation, operands, what) => {
    const tensors = Array.from({ length: operands }, () => zeros([2, 2]));
    expect(() => einsum(equation, ...tensors)).toThrow(`einsum: the equation "${equation}" ${what}`);
  });
});

it("operands in one list, as another library takes them, are refused with the right form", () => {
  const given = [zeros([2, 2]), zeros([2, 2])] as unknown as Tensor;
  expect(() => einsum("ij,jk->ik", given)).toThrow("with the next one after it, as in einsum(equation, a, b)");
});

/** The multiplications of an order. */
function work(order: Tree, terms: readonly string[], output: string, size: number): number {
  const labels = (tree: Tree): string[] => (typeof tree === "number" ? [...terms[tree]!] : tree.flatMap(labels));
  const visit = (tree: Tree, outside: readonly string[]): { left: string[]; total: number } => {
    const isNeeded = (label: string) => outside.includes(label);
    if (typeof tree === "number") return { left: labels(tree).filter(isNeeded), total: 0 };
    const [a, b] = [visit(tree[0], [...outside, ...labels(tree[1])]), visit(tree[1], [...outside, ...labels(tree[0])])];
    const all = new Set([...a.left, ...b.left]);
    return { left: [...all].filter(isNeeded), total: a.total + b.total + size ** all.size };
  };
  return visit(order, [...output]).total;
}

describe("the order in which einsum multiplies", () => {
  it.each([
    // A chain from its narrow end, a core tensor by its factors: 10³ more where the outer ones meet first.
    [["ij", "jk", "kl", "l"], "i", 3e2],
    [["a", "ab", "bc", "cd", "d"], "", 4e2],
    [["ea", "fb", "abcd", "gc", "hd"], "efgh", 4e5],
    [["a", "ab", "bc", "cd", "de", "ef", "fg", "gh"], "h", 7e2],
  ])("of %j needs the fewest multiplications", (terms, output, fewest) => {
    const sizes = new Map([...terms.join("")].map((label) => [label, 10]));
    const order = bestOrder({ terms: terms.map((term) => [...term]), output: [...output], sizes });
    expect(work(order, terms, output, 10)).toBeLessThanOrEqual(fewest + 100);
  });

  it("is the same result whatever it is", () => {
    const [a, b, c] = [normal(1, 3, 4), normal(2, 4, 5), normal(3, 5, 2)];
    const steps = einsum("ik,kl->il", einsum("ij,jk->ik", a, b), c) as Tensor;
    einsum("ij,jk,kl->il", a, b, c).data.forEach((x, i) => {
      expect(x).toBeCloseTo(steps.data[i]!, 4);
    });
  });
});

describe("einsum multiplies matrices where they lie", () => {
  it.each([
    ["ij,jk->ik", [3, 4], [4, 5]],
    ["ij,kj->ik", [3, 4], [5, 4]],
    ["ji,jk->ik", [4, 3], [4, 5]],
    ["ij,jk->ki", [3, 4], [4, 5]],
    ["bij,bjk->bik", [2, 3, 4], [2, 4, 5]],
    ["bji,bkj->bik", [2, 4, 3], [2, 5, 4]],
    ["abij,abkj->abik", [2, 2, 3, 4], [2, 2, 5, 4]],
    ["bsd,de->bse", [2, 3, 4], [4, 5]],
    ["bshd,hde->bse", [2, 3, 2, 4], [2, 4, 5]],
  ])("%s makes one product and no copy", (equation, a, b) => {
    const [left, right] = [normal(1, ...a), normal(2, ...b)];
    const product = vi.spyOn(kernels(), "matmul");
    const copy = vi.spyOn(kernels(), "run");
    einsum(equation, left, right);
    expect([product.mock.calls.length, copy.mock.calls.length]).toEqual([1, 0]);
    vi.restoreAllMocks();
  });
});

describe("einsum multiplies element by element where no matrix is", () => {
  it.each([
    ["ij,ij->", [3, 4], [3, 4], []],
    ["bij,bij->bi", [2, 3, 4], [2, 3, 4], [2, 3]],
    ["ij,ji->i", [3, 4], [4, 3], [3]],
    ["i,j->ji", [3], [4], [4, 3]],
    ["bi,bi->bi", [2, 3], [2, 3], [2, 3]],
  ])("%s makes no product of matrices", (equation, a, b, shape) => {
    const product = vi.spyOn(kernels(), "matmul");
    expect(einsum(equation, normal(1, ...a), normal(2, ...b)).shape).toEqual(shape);
    expect(product).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
