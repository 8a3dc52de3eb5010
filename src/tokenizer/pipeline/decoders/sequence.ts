import { expectModest } from "../../text";
import type { Decoder } from "./decoder";

const lengthOf = (tokens: readonly string[]): number => tokens.reduce((sum, { length }) => sum + length, 0);

/** One after another. */
export function decoderSequence(steps: readonly Decoder[]): Decoder {
  return {
    decode(tokens) {
      const before = lengthOf(tokens);
      return steps.reduce(
        (current, step) => {
          const next = step.decode(current);
          expectModest(lengthOf(next), before, "decoder");
          return next;
        },
        [...tokens],
      );
    },
    unsettled: (tokens) => {
      let current = [...tokens];
      let most = 0;
      for (const step of steps) {
        most = Math.max(most, step.unsettled?.(current) ?? 0);
        const next = step.decode(current);
        // Once tokens are joined, a count of strings no longer says how many tokens are meant.
        if (next.length !== current.length) break;
        current = next;
      }
      return most;
    },
  };
}
