import { float32, positive32 } from "../processors/scores";
import type { Candidate } from "./candidates";

/** A text in progress. */
export interface Beam {
  /** All its tokens so far. */
  readonly ids: readonly number[];
  /** The sum of its new tokens' scores. */
  readonly score: number;
  /** Its row in the batch; that of the beam it extends until the batch is put in order. */
  row: number;
  /** What processors keep of it. */
  readonly memory: Map<object, unknown>;
  /** For each new token, the scores and logits that it was chosen from, if they are asked for. */
  readonly trail: readonly Trace[];
}

/** What a token was chosen from. */
export interface Trace {
  scores: Float32Array;
  logits: Float32Array;
}

/** A finished text and its score under the length penalty. */
export interface Hypothesis extends Pick<Beam, "ids" | "trail"> {
  readonly score: number;
}

export interface BeamRules {
  /** The number of beams, and of texts to find. */
  readonly size: number;
  readonly lengthPenalty: number;
  readonly earlyStopping: boolean | "never";
  readonly endTokens: ReadonlySet<number>;
  /** The largest number of new tokens. */
  readonly limit: number;
}

/**
 * The best texts of one prompt: those in progress, and those that ended. A step extends the beams by one token. Of the
 * candidates, the best `size` may end, and the best `size` that do not end go on. A text that ends has the score Σ log p
 * divided by its number of new tokens to the power of the length penalty. Sums are rounded to float32 as in the
 * reference.
 *
 * @see Wu et al. 2016 (arXiv 1609.08144), section 7, for length penalties
 */
export class BeamGroup {
  readonly #rules: BeamRules;
  running: readonly Beam[];
  /** Best first. */
  finished: readonly Hypothesis[] = [];
  #length = 0;

  constructor(rules: BeamRules, ids: readonly number[], row: number) {
    this.#rules = rules;
    this.running = [{ ids, score: 0, row, memory: new Map(), trail: [] }];
  }

  /**
   * Goes on with the best candidates, given best first.
   *
   * @param isLate whether all beams end with this step, as at the limit
   * @returns the tokens of those that do not end by a token, even if the search does
   */
  step(candidates: readonly Candidate[], isLate: boolean, traceOf?: (beam: number) => Trace): number[] {
    const { size, endTokens, limit } = this.#rules;
    const isLast = ++this.#length === limit || isLate;
    const going = candidates.filter(({ id }) => !endTokens.has(id)).slice(0, size);
    const ending = candidates.slice(0, size).filter(({ id }) => isLast || endTokens.has(id));
    const grow = (one: Candidate) => extended(this.running[one.beam]!, one, traceOf?.(one.beam));
    this.#finish(ending.map(grow));
    this.running = isLast || this.#isDone(going[0]) ? [] : going.map(grow);
    return going.map(({ id }) => id);
  }

  #finish(ended: readonly Beam[]): void {
    const scored = ended.map(({ ids, trail, score }) => ({ ids, trail, score: this.#normalized(score, this.#length) }));
    const merged = [...this.finished, ...scored].sort((a, b) => b.score - a.score);
    this.finished = merged.slice(0, this.#rules.size);
  }

  /** Whether the best beam in progress is not likely to become better than the worst text that ended. */
  #isDone(best: Candidate | undefined): boolean {
    const { size, earlyStopping, lengthPenalty, limit } = this.#rules;
    if (best === undefined) return true;
    if (this.finished.length < size) return false;
    if (earlyStopping === true) return true;
    // "never" assumes no more than it knows: a sum does not grow, but a longer text may be divided by more.
    const length = earlyStopping === "never" && lengthPenalty > 0 ? limit : this.#length;
    return this.#normalized(best.score, length) <= this.finished[size - 1]!.score;
  }

  #normalized(score: number, length: number): number {
    return float32(score / positive32(length ** this.#rules.lengthPenalty));
  }
}

const extended = (beam: Beam, { id, score }: Candidate, trace: Trace | undefined): Beam => ({
  ids: [...beam.ids, id],
  score,
  row: beam.row,
  memory: new Map(beam.memory),
  trail: trace === undefined ? beam.trail : [...beam.trail, trace],
});
