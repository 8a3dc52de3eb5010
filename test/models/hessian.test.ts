import { readFileSync } from "node:fs";
import {
  checkpoint,
  crossEntropy,
  gpt,
  hessianVectorProduct,
  type Tensor,
  tensor,
  valueAndGradients,
} from "transformer-blocks";
import { describe, expect, it } from "vitest";
import { filled, valuesAt } from "./drawn-values";

/** What `test/reference/hessian_fixture.py` was given, and what PyTorch made of it. */
interface Case {
  given: { heads: number; mask?: string };
  products: Record<string, number[]>;
}
const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/models/${name}.json`, import.meta.url), "utf8"));
const { targets, cases }: { targets: number[][]; cases: Case[] } = read("hessian");
const { inputs } = read("drawn");

describe("Hessian-vector products of two-layer models are PyTorch's", () => {
  it.each(cases.map((each) => ({ name: JSON.stringify(each.given), ...each })))("$name", ({ given, products }) => {
    const { mask, ...config } = given;
    const model = filled(gpt({ ...inputs.sizes, ...config }));
    const pass = { mask: mask === undefined ? undefined : inputs.masks[mask] };
    const loss = () => crossEntropy(model.forward(inputs.ids, pass), targets);
    const vectors = new Map<string, Tensor>();
    for (const [path, { shape }] of model.parameters())
      vectors.set(path, tensor(valuesAt(`vector.${path}`, shape), shape));
    const found = hessianVectorProduct(model, loss, vectors);
    expect([...vectors.keys()].sort()).toEqual(Object.keys(products).sort());
    for (const [path, wanted] of Object.entries(products)) {
      const largest = wanted.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
      const worst = found.get(path).data.reduce((most, x, i) => Math.max(most, Math.abs(x - wanted[i]!)), 0);
      expect(worst / largest, path).toBeLessThan(1e-5);
    }
    const again = hessianVectorProduct(model, () => checkpoint(loss), vectors);
    for (const [path, product] of found) expect(again.get(path).data, path).toEqual(product.data);
  });

  it("and the gradient is the same through a checkpoint", () => {
    const model = filled(gpt({ ...inputs.sizes, heads: 3 }));
    const loss = () => crossEntropy(model.forward(inputs.ids), targets);
    const plain = valueAndGradients(model, loss).gradients;
    for (const [path, gradient] of valueAndGradients(model, () => checkpoint(loss)).gradients)
      expect(gradient.data, path).toEqual(plain.get(path).data);
  });
});
