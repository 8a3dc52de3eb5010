/** A claim about attention as a property of random inputs: `npx tsx examples/property-test/index.ts`. */
import fc from "fast-check";
import { attention, flip } from "transformer-blocks";
import { attentionInputs, attentionLaws, checkLaws, close } from "transformer-blocks/testing";

const reversed = attentionInputs().map(({ q, k, v }) => ({
  q,
  k,
  v,
  k2: flip(k, { axis: 1 }),
  v2: flip(v, { axis: 1 }),
}));

fc.assert(fc.property(reversed, ({ q, k, v, k2, v2 }) => close(attention(q, k2, v2), attention(q, k, v), 1e-4)));
console.log("holds: attention does not see the order of keys and values");

const causal = { mask: "causal" } as const;
const wrong = fc.property(reversed, ({ q, k, v, k2, v2 }) =>
  close(attention(q, k2, v2, causal), attention(q, k, v, causal), 1e-4),
);
const { failed, counterexample } = fc.check(wrong, { seed: 1 });
console.log(`does not hold with a causal mask: ${failed}`);
console.log("the smallest counterexample:", counterexample?.[0].k.shape.join(" × "), "keys");

checkLaws(attentionLaws, attention, { runs: 20 });
console.log(`holds: ${Object.keys(attentionLaws).join(", ")}`);
