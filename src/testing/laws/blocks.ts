import type { Sequence } from "../../blocks";
import { having } from "../../checks";
import { type HasParameters, Parameter, type Tensor } from "../../tensor";
import { runner } from "./implementation";
import { paddedBefore, picked } from "./rows";
import { blockLaw, joined, part, sequenceLaw } from "./sequences";

/**
 * What holds for a feed-forward layer F of tokens.
 *
 * @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.3
 */
export const feedForwardLaws = {
  /** F([x; y]) = [F(x); F(y)] along the sequence. @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.3 */
  positionwise: blockLaw("feed-forward", {
    name: "every position is computed by itself, and in the same way",
    statement: "F([x; y]) = [F(x); F(y)] along the sequence",
    source: "Vaswani et al. 2017 (arXiv 1706.03762), section 3.3",
    uses: ["x", "cut"],
    sides: (forward, { x, cut }) => ({
      left: forward(x),
      right: joined([forward(part(x, 0, cut)), forward(part(x, cut))], 1),
    }),
  }),
};

const everyBlockLaws = {
  /** B([x; y]) = [B(x); B(y)] along the batch. @see Phuong and Hutter 2022 (arXiv 2207.09238), algorithms 8 to 10 */
  rowsApart: blockLaw("block", {
    name: "no row of a batch sees another",
    statement: "B([x; y]) = [B(x); B(y)] along the batch",
    source: "Phuong and Hutter 2022 (arXiv 2207.09238), algorithms 8 to 10",
    uses: ["x", "other"],
    sides: (forward, { x, other }) => ({
      left: forward(joined([x, other], 0)),
      right: joined([forward(x), forward(other)], 0),
    }),
  }),

  /** B([x; p]; mask of x) = B(x) at the tokens of x. @see Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 4 */
  paddingIsAbsence: blockLaw("block", {
    name: "padding might as well be absent",
    statement: "B([x; p]; mask of x) = B(x) at the tokens of x",
    source: "Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 4",
    uses: ["x", "other"],
    sides: (forward, { x, other }) => {
      const [batch, seq] = x.shape;
      const mask = Array.from({ length: batch }, () => Array.from({ length: 2 * seq }, (_, i) => (i < seq ? 1 : 0)));
      return { left: part(forward(joined([x, other], 1), { mask }), 0, seq), right: forward(x) };
    },
  }),
};

/**
 * What holds for an encoder block B without positions, whatever its norm is.
 *
 * @example
 * ```ts
 * import { EncoderBlock, initialize } from "transformer-blocks";
 * import { checkLaws, encoderBlockLaws } from "transformer-blocks/testing";
 * const block = initialize(new EncoderBlock({ dModel: 8, heads: 2 }), { seed: 1 });
 * checkLaws(encoderBlockLaws, block, { inputs: { dModel: 8 } });
 * ```
 */
export const encoderBlockLaws = {
  ...everyBlockLaws,

  /** B(P x) = P B(x). @see Lee et al. 2019, Set Transformer (arXiv 1810.00825), section 3 */
  tokenOrder: blockLaw("block", {
    name: "tokens in another order P give the same in that order",
    statement: "B(P x) = P B(x)",
    source: "Lee et al. 2019, Set Transformer (arXiv 1810.00825), section 3",
    uses: ["x", "order"],
    sides: (forward, { x, order }) => ({
      left: forward(picked(x, 1, order)),
      right: picked(forward(x), 1, order),
    }),
  }),
};

/** What holds for a decoder block B, whatever its norm is. */
export const decoderBlockLaws = {
  ...everyBlockLaws,

  /** B(x)≤ᵢ = B(x≤ᵢ). @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.3 */
  causality: blockLaw("block", {
    name: "a token's output does not depend on later tokens",
    statement: "B(x)≤ᵢ = B(x≤ᵢ)",
    source: "Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.3",
    uses: ["x", "cut"],
    sides: (forward, { x, cut }) => ({ left: part(forward(x), 0, cut), right: forward(part(x, 0, cut)) }),
  }),

  /** B([p; x]; mask and positions of x) = B(x) at the tokens of x. @see Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 4 */
  paddingBefore: blockLaw("block", {
    name: "padding before a text, as generation has it, might as well be absent",
    statement: "B([p; x]; mask and positions of x) = B(x) at the tokens of x",
    source: "Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 4",
    uses: ["x", "cut"],
    sides: (forward, { x, cut }) => ({
      left: part(forward(x, paddedBefore(x.shape, cut)), cut),
      right: forward(part(x, cut)),
    }),
  }),
};

/** A block with parameters, such as a module. */
export type ResidualImplementation = HasParameters & { forward(x: Tensor<Sequence>): Tensor };

/**
 * What holds for a block B that adds its sublayers to its input, x + f(x) after each other: `norm: "pre"`. It does not
 * hold for `norm: "post"`, where the sum is normalized.
 */
export const residualLaws = {
  /** B(x; θ = 0) = x. @see He et al. 2016, Identity Mappings (arXiv 1603.05027), section 2; Xiong et al. 2020 (arXiv 2002.04745) */
  identityAtZero: sequenceLaw(
    "block",
    {
      name: "with all parameters zero it is the identity",
      statement: "B(x; θ = 0) = x",
      source: "He et al. 2016, Identity Mappings (arXiv 1603.05027), section 2; Xiong et al. 2020 (arXiv 2002.04745)",
      uses: ["x"],
      sides: (zeroed: (x: Tensor<Sequence>) => Tensor, { x }) => ({ left: zeroed(x), right: x }),
    },
    (title, implementation: ResidualImplementation) => {
      having(["forward", "parameters"], "a module, with forward and parameters")(
        title,
        "implementation",
        implementation,
      );
      const forward = runner(title, implementation);
      return (x) => withZeros(implementation, () => forward(x));
    },
  ),
};

/** Runs f while all parameters are zero, and restores them. */
function withZeros<Result>(model: HasParameters, f: () => Result): Result {
  const parameters = [...model.parameters().values()].filter((each) => each instanceof Parameter);
  const restore = parameters.map((each) => each.prepare(each.data));
  try {
    for (const each of parameters) each.assign(new Float32Array(each.size));
    return f();
  } finally {
    for (const each of restore) each();
  }
}
