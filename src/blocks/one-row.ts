import type { Tensor } from "../tensor";
import { canStep, remembered } from "../tensor/internal";
import type { SequenceLayer } from "./block";
import type { Pass, Sequence } from "./pass";
import { RowPath } from "./row-path";

/**
 * The blocks of a model in turn. In a decoding step of one row whose inner values nobody sees, what comes between one
 * attention and the next is computed in one call.
 */
export function throughBlocks(blocks: readonly SequenceLayer[], x: Tensor<Sequence>, pass: Pass): Tensor<Sequence> {
  const isStep = x.size === x.shape[2] && pass.cache && !pass.tap && !pass.rng && !pass.lengths && canStep();
  if (!isStep) return blocks.reduce((y, block) => block.forward(y, pass), x);
  const path = remembered<RowPath>(
    blocks,
    (known) => known.fits(blocks, x.size),
    () => new RowPath(blocks, x.size),
  );
  return path.run(x, pass);
}
