import type { DecoderModel } from "transformer-blocks";
import { logitLens } from "transformer-blocks/inspect";
import { probabilities } from "./distribution";

/** The best token of a layer at a position. */
export interface Guess {
  id: number;
  share: number;
}

/** What each layer would say after each token: [layer][position]. */
export function lensOf(model: DecoderModel, ids: number[]): Guess[][] {
  return logitLens(model, [ids]).map(({ logits: { data, shape } }) => {
    const size = shape[2];
    return ids.map((_, position) => best(probabilities(data.subarray(position * size, (position + 1) * size))));
  });
}

function best(shares: Float64Array): Guess {
  let id = 0;
  for (let other = 1; other < shares.length; other++) if (shares[other]! > shares[id]!) id = other;
  return { id, share: shares[id]! };
}
