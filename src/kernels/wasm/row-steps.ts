import type { RowProgram } from "../row-program";
import { compiledDecoding } from "./decoding";
import type { Flavor } from "./module";
import { type Image, imageOf, SHARED } from "./row-image";
import { dispatch, threadCount } from "./threads";

const images: Readonly<Record<Flavor, WeakMap<RowProgram, Image>>> = {
  strict: /* @__PURE__ */ new WeakMap(),
  relaxed: /* @__PURE__ */ new WeakMap(),
};

export function runSteps(
  flavor: Flavor,
  program: RowProgram,
  inputs: readonly Float32Array[],
  outputs?: readonly Float32Array[],
): readonly Float32Array[] | undefined {
  const image = currentImage(flavor, program);
  return image?.home.scratch(image.bytes, () => run(flavor, image, program.steps.length, inputs, outputs));
}

function run(
  flavor: Flavor,
  image: Image,
  count: number,
  inputs: readonly Float32Array[],
  outputs: readonly Float32Array[] | undefined,
): readonly Float32Array[] | undefined {
  const { home, base, words, threads } = image;
  home.integers.set(words, base / 4);
  for (const [numbers, at] of image.copies) home.numbers.set(numbers, at / 4);
  for (let i = 0; i < inputs.length; i++) home.numbers.set(inputs[i]!, image.inputs[i]! / 4);
  const work = { count: threads, work: image.work / threads, multiple: 1 };
  dispatch(home.with(compiledDecoding(flavor)), "runSteps", [base + SHARED, count, base], work);
  if (home.integers[base / 4 + 3] !== 0) return undefined;
  const { results } = image;
  if (outputs === undefined) return results.map(([at, size]) => home.get(at, size));
  for (let i = 0; i < outputs.length; i++) outputs[i]!.set(home.view(...results[i]!));
  return outputs;
}

/** Made again if it would lie elsewhere, or threads share it otherwise. */
function currentImage(flavor: Flavor, program: RowProgram): Image | undefined {
  const known = images[flavor].get(program);
  if (known?.threads === threadCount() && known.base === known.home.next && known.home.room >= known.bytes)
    return known;
  const image = imageOf(program);
  if (image) images[flavor].set(program, image);
  return image;
}
