import { ShapeError, type Tensor, tensor } from "../tensor";
import { sameShape } from "../tensor/internal";
import type { Module } from "./module";
import { type Pass, type Sequence, tap } from "./pass";

/** The experts of each token, and how much each counts. */
export interface Routing {
  /** The numbers of the chosen experts, [batch][seq][topK]. */
  chosen: readonly (readonly (readonly number[])[])[];
  /** What multiplies each chosen expert, [batch, seq, topK]. */
  weights: Tensor;
}

/** A module that chooses experts for each token of x [batch, seq, dModel]. */
export type Router = Module & {
  /** How many experts there are to choose from. */
  readonly experts: number;
  /** x [batch, seq, dModel] → the chosen experts of each token and their weights. */
  forward(x: Tensor<Sequence>, pass?: Pass): Routing;
};

/** Reports the choice as `chosen` [batch, seq, topK], and returns the one to go on with. */
export function reportedChoice(
  pass: Pass,
  router: Module,
  chosen: number[][][],
  shape: readonly number[],
): number[][][] {
  if (!pass.tap?.sees(router, "chosen")) return chosen;
  return tap(pass, router, "chosen", tensor(Float32Array.from(chosen.flat(2)), shape)).toArray() as number[][][];
}

/** The tokens of all experts, one expert after the other. */
export interface Dispatch {
  /** Where in [batch · seq] each token is. */
  tokens: number[];
  /** Where in [batch · seq · topK] its weight is. */
  slots: number[];
  /** How many tokens each expert has; those with none are left out. */
  groups: { expert: number; size: number }[];
}

/**
 * Sorts what a router chose by expert. Within an expert tokens keep their order.
 *
 * @throws ShapeError or RangeError if the routing does not fit x [batch, seq, dModel] or the number of experts
 */
export function dispatch(
  chosen: Routing["chosen"],
  weights: Tensor,
  [batch, seq]: Sequence,
  experts: number,
): Dispatch {
  const rows = chosen.flat();
  const k = rows[0]?.length ?? 0;
  if (!sameShape(weights.shape, [batch, seq, k]) || chosen.length !== batch || rows.length !== batch * seq)
    throw new ShapeError(
      `MixtureOfExperts: for [${batch}, ${seq}] tokens the router chose ${k} experts each for [${chosen.length}, ${chosen[0]?.length}] tokens, with weights ${weights.describe()}`,
    );
  const bySlot = Array.from({ length: experts }, (): number[] => []);
  for (const [token, row] of rows.entries())
    for (let j = 0; j < k; j++) {
      const slots = bySlot[row[j]!];
      if (!slots) throw new RangeError(`MixtureOfExperts: the router chose expert ${row[j]} of ${experts}`);
      slots.push(token * k + j);
    }
  const slots = bySlot.flat();
  const groups = bySlot.map(({ length }, expert) => ({ expert, size: length })).filter(({ size }) => size > 0);
  return { tokens: slots.map((slot) => Math.floor(slot / k)), slots, groups };
}
