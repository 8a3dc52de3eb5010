import { describe, expect, it } from "vitest";
import { available, onnxCases } from "./onnx-cases";
import { onnxOperations, otherOperators, otherOutputs } from "./onnx-operations";

const cases = onnxCases();
const ours = cases.filter(({ op }) => op in onnxOperations);

/** Half precision is expected of one case. */
const tolerance = (test: string) => (test.endsWith("float16") ? 2e-3 : 2e-6);

describe.skipIf(!available)("the ONNX standard's operator cases (needs ../shared/data beside the repository)", () => {
  it("runs every case that names an operation of ours", () => {
    const unknown = cases.filter(({ op }) => !(op in onnxOperations) && !(op in otherOperators));
    expect(unknown.map(({ test }) => test)).toEqual([]);
    expect(cases.length).toBe(158);
    expect(ours.length).toBe(133);
  });

  it.each(ours)("$test", (each) => {
    const found = onnxOperations[each.op]!(each);
    const wanted = [...each.outputs].filter(([name]) => !otherOutputs[each.op]?.includes(name));
    expect(Object.keys(found).toSorted()).toEqual(wanted.map(([name]) => name).toSorted());
    for (const [name, { shape, data }] of wanted) {
      expect(found[name]!.shape, name).toEqual(shape);
      data.forEach((value, i) => {
        const error = Math.abs(found[name]!.data[i]! - value);
        expect(error <= tolerance(each.test) * (1 + Math.abs(value)), `${name}[${i}]: off by ${error}`).toBe(true);
      });
    }
  });
});
