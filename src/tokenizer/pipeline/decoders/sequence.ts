import { expectModest } from "../../text";
import type { Decoder } from "./decoder";

const lengthOf = (tokens: readonly string[]): number => tokens.reduce((sum, { length }) => sum + length, 0);

/** Applies decoders in order. */
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
        // Once tokens are joined, the number of strings is no longer the number of tokens.
        if (next.length !== current.length) break;
        current = next;
      }
      return most;
    },
  };
}
