import { describe, expect, it } from "vitest";
import { referenceKernels } from "../../src/kernels";
import * as tensorFloor from "../../src/tensor";
import { add, grad, multiply, sum, type Tensor, valueAndGradients } from "../../src/tensor";
import { everyCase, load, tensorsIn } from "../tensor/operations/cases";
import { expectSame, onDevice, settled, under } from "./same";

type Cases = typeof import("../tensor/gradients/gradient-cases");
type Case = Cases["gradientCases"]["sum"][number];

/** The cases evaluated once more, so that the tensors in them are made by the current kernels. */
const copy = (name: string): Promise<Cases> =>
  import(/* @vite-ignore */ `../tensor/gradients/gradient-cases.ts?${name}`) as Promise<Cases>;
const here = await under(referenceKernels, () => copy("here"));
const there = await onDevice(() => copy("there"));

const squared = (x: Tensor): Tensor => sum(multiply(x, x));

/** The value of a case, its gradients, and the gradients of their squares. */
function derivatives({ check }: Case): unknown {
  let found: unknown;
  check((operation, inputs) => {
    const over: readonly Tensor[] = inputs;
    const apply = operation as (...inputs: readonly Tensor[]) => Tensor;
    const run = () => apply(...over);
    const first = () => valueAndGradients(over, () => squared(run())).gradients;
    const second = () => {
      const gradients = first();
      return over.map((x) => squared(gradients.get(x))).reduce((a, b) => add(a, b));
    };
    found = [run(), first(), grad(over, second, { allowUnused: true })];
  });
  return found;
}

describe("gradients, and gradients of gradients, are the same bits on a device", () => {
  it.each(Object.keys(here.gradientCases) as (keyof Cases["gradientCases"])[])("%s", async (name) => {
    for (const [i, each] of here.gradientCases[name].entries()) {
      const wanted = await under(referenceKernels, () => settled(derivatives(each)));
      const found = await onDevice(() => settled(derivatives(there.gradientCases[name][i]!)));
      expect(found, each.name).toEqual(wanted);
    }
  });
});

/** What returns places, which no device gives at once. */
const finding = /^(argmax|argmin|topK|sort)$/;

describe("PyTorch's samples give the same bits on a device", () => {
  const cases = everyCase().filter(({ operation }) => operation in tensorFloor && !finding.test(operation));

  it.each([...new Set(cases.map(({ operation }) => operation))])("%s", async (name) => {
    const run = Reflect.get(tensorFloor, name) as (...args: unknown[]) => unknown;
    const own = cases.filter(({ operation }) => operation === name);
    for (const { inputs, options } of own)
      await expectSame(() => {
        const args = inputs.map((input) => (input === null ? undefined : load(input)));
        if (Object.keys(options).length > 0) args.push(load(options));
        const over = tensorsIn(args);
        const loss = () =>
          tensorsIn(run(...args))
            .map(squared)
            .reduce((a, b) => add(a, b), sum(tensorFloor.zeros([1])));
        return [run(...args), valueAndGradients(over, loss, { allowUnused: true }).gradients];
      });
  });
});
