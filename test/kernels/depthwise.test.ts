import fc from "fast-check";
import { describe, it } from "vitest";
import { type Along, type ConvolutionSpec, referenceKernels } from "../../src/kernels";
import { depthwise } from "../../src/kernels/internal";
import { expectWithin, forAll, normal, seeds, size } from "./compare";
import { indicesOf } from "./formulas";
import { named } from "./implementations";

/** One axis on which the kernel has a place; zeros may also be fewer than none. */
const along = fc
  .record({ kernel: size(4, 1), stride: size(3, 1), dilation: size(3, 1), places: size(6, 1), before: size(3, -2) })
  .chain((parts) => fc.record({ ...mapped(parts), size: size(9, 1) }))
  .map((parts): Along => ({ ...parts, after: 0 }));

const mapped = <Parts extends object>(parts: Parts) =>
  Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, fc.constant(value)])) as {
    [Name in keyof Parts]: fc.Arbitrary<Parts[Name]>;
  };

const alone: Along = { size: 1, kernel: 1, stride: 1, dilation: 1, places: 1, before: 0, after: 0 };
const planeOf = ({ axes: [a, b] }: ConvolutionSpec) => a.size * b.size;
const kernelOf = ({ axes: [a, b] }: ConvolutionSpec) => a.kernel * b.kernel;

/** The sum over the whole padded kernel, index by index. */
function formula(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  spec: ConvolutionSpec,
): number[] {
  const { batch, channels, out, axes } = spec;
  const [down, across] = axes;
  return indicesOf([batch, out, down.places, across.places]).map(([image, o, row, column]) => {
    const channel = Math.floor((o! * channels) / out);
    const terms = indicesOf([down.kernel, across.kernel]).map(([i, j]) => {
      const y = row! * down.stride + i! * down.dilation - down.before;
      const z = column! * across.stride + j! * across.dilation - across.before;
      const isInside = y >= 0 && y < down.size && z >= 0 && z < across.size;
      const plane = (image! * channels + channel) * planeOf(spec);
      return isInside ? x[plane + y * across.size + z]! * weight[o! * kernelOf(spec) + i! * across.kernel + j!]! : 0;
    });
    return terms.reduce((total, term) => total + term, bias?.[o!] ?? 0);
  });
}

function operands(seed: number, spec: ConvolutionSpec, hasBias: boolean) {
  const { batch, channels, out } = spec;
  return [
    normal(seed, "x", batch * channels * planeOf(spec)),
    normal(seed, "weight", out * kernelOf(spec)),
    hasBias ? normal(seed, "bias", out) : undefined,
  ] as const;
}

describe.each(named)("depthwise convolutions: %s", (_, { kernels, sumBound }) => {
  it("are the sums of the formula, along one axis and two", () => {
    const axes = fc.oneof(fc.tuple(along, along), fc.tuple(along, fc.constant(alone)));
    forAll(
      [seeds, size(2), size(3, 1), size(2, 1), axes, fc.boolean()],
      (seed, batch, channels, each, both, hasBias) => {
        const spec = { batch, channels, out: channels * each, groups: channels, axes: both };
        const given = operands(seed, spec, hasBias);
        expectWithin(kernels.run(depthwise, ...given, spec), formula(...given, spec), sumBound(kernelOf(spec)));
      },
    );
  });

  it.each([
    ["more rows than the memory holds", { size: 500, places: 498, kernel: 3 }, { size: 130, places: 128, kernel: 3 }],
    ["a row longer than the memory", alone, { size: 80_000, places: 80_000, kernel: 3, before: 1 }],
    [
      "long rows with a stride",
      { size: 3, places: 3 },
      { size: 70_001, places: 23_333, kernel: 4, stride: 3, dilation: 2 },
    ],
    ["one long column", { size: 40_000, places: 19_998, kernel: 5, stride: 2 }, alone],
    ["a kernel larger than the memory", { size: 300, places: 1, kernel: 300 }, { size: 300, places: 2, kernel: 299 }],
  ])("of %s", (_, down, across) => {
    const spec = {
      batch: 1,
      channels: 1,
      out: 1,
      groups: 1,
      axes: [
        { ...alone, ...down },
        { ...alone, ...across },
      ],
    } as const;
    const given = operands(1, spec, true);
    const wanted = referenceKernels.run(depthwise, ...given, spec);
    expectWithin(kernels.run(depthwise, ...given, spec), [...wanted], sumBound(kernelOf(spec)));
  });
});
