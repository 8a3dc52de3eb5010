import { expect, it } from "vitest";
import type { RightCall } from "../misuse/misuse";
import { expectSame, onDevice, settled } from "./same";

/** What has to look at numbers before it returns, and so is refused on a device. */
const looking = new Set([
  ...["Tensor.item", "Tensor.toArray", "Tensor.toJSON"],
  ...["clipGradients", "gradientNorm", "saveParameters"],
  ...["topK", "sort", "argmax", "argmin"],
  ...["TopKRouter.forward", "SparseMixerRouter.forward", "MixtureOfExperts.forward", "KeyIndexer.forward"],
  ...["logitAttribution", "integratedGradients", "inductionScores", "previousTokenScores"],
  ...["close", "maxDifference", "rowsSumToOne", "checkGradients", "checkLaws", "Law.holds", "Law.expect"],
  ...["nearest", "analogy"],
]);

/** What is about the place of numbers itself; `test/seam` has tests of their own. */
const about = new Set([
  ...["Tensor.toString", "gradients.toString"],
  ...["kernels", "kernelInfo", "useKernels", "withKernels", "strictKernels", "useThreads"],
]);

/** A right call gives the same bits on a device, or refuses and says what to do. */
export function testOnDevice(name: string, run: (args: readonly unknown[]) => unknown, right: RightCall): void {
  const { args, after, title = name } = right;
  if (about.has(name)) return;
  if (looking.has(name)) {
    it(`${title}: says what to await on a device`, async () => {
      await expect(onDevice(async () => settled(run(args())))).rejects.toThrow(/^(?=.*on opaque)(?=.*await)/);
    });
    return;
  }
  it(`${title}: gives the same on a device`, async () => {
    await expectSame(async () => {
      try {
        const given = args();
        return { result: await run(given), given };
      } finally {
        after?.();
      }
    });
  });
}
