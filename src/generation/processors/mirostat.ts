import { checkOptions } from "../../checks";
import type { MirostatOptions } from "../options";
import type { Processor } from "../processor";
import { mirostatChecks } from "./checks";
import { logProbabilitiesOf } from "./distribution";
import { processorOf } from "./processor-of";
import { filtered, maximum } from "./scores";

/** The bound of the surprise, and the log-probabilities that the token of the last step was chosen from. */
interface State {
  step: number;
  bound: number;
  logs: Float32Array;
}

/**
 * Mirostat 2: keeps the tokens whose surprise −log₂ p is at most μ, and always the best. After each token, μ moves
 * against the error: μ − η · (surprise of the token among those that were left − τ). It starts at 2 τ.
 *
 * @throws TypeError or RangeError unless τ and η are numbers above 0
 * @see Basu et al. 2020, Mirostat (arXiv 2007.14966), algorithm 2
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * const scores = Float32Array.from([0.5, 0.3, 0.2], Math.log);
 * processors.mirostat({ tau: 1 })(scores, context)[2]; // -Infinity: log₂ 5 is above 2 τ
 * ```
 */
export function mirostat(options: MirostatOptions = {}): Processor {
  checkOptions("mirostat", options, mirostatChecks);
  const { tau = 5, eta = 0.1 } = options;
  const key = {};
  return processorOf("mirostat", ["ids", "step", "memory"], (scores, { ids, step, memory }) => {
    const state = memory.get(key) as State | undefined;
    const bound = state === undefined ? 2 * tau : state.step === step ? state.bound : after(state, ids.at(-1)!);
    const logs = logProbabilitiesOf(scores);
    const best = maximum(logs);
    const left = filtered(scores, (id) => -logs[id]! / Math.LN2 > bound && logs[id]! < best);
    memory.set(key, { step, bound, logs: logProbabilitiesOf(left) } satisfies State);
    return left;
  });

  function after({ bound, logs }: State, chosen: number): number {
    const surprise = -logs[chosen]! / Math.LN2;
    // Another processor may have let through a token that was excluded here; its surprise is infinite.
    return Number.isFinite(surprise) ? bound - eta * (surprise - tau) : bound;
  }
}
