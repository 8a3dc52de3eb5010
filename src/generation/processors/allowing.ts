import type { Constraint } from "../constraint";
import type { Processor } from "../processor";
import { filtered } from "./scores";

/** Keeps the tokens that a constraint allows after those generated so far. */
export function allowing(constraint: Constraint): Processor {
  return (scores, { ids, step }) => {
    const allowed = new Set(constraint(ids.slice(ids.length - step)));
    return filtered(scores, (id) => !allowed.has(id));
  };
}
