import type { Random } from "../../tensor";
import { expectFinite } from "../choose";
import { logProbabilitiesOf } from "../processors/distribution";
import { float32 } from "../processors/scores";
import type { Settings } from "../settings";
import { type Beam, BeamGroup, type Hypothesis } from "./beam-group";
import { bestCandidates, type Candidate, drawnCandidates } from "./candidates";

/** A prompt to search from. */
export interface Prompt {
  /** Its number, for errors and random numbers. */
  readonly number: number;
  readonly source: readonly number[];
  /** The start of its texts. */
  readonly start: readonly number[];
  /** The largest number of new tokens. */
  readonly limit: number;
}

/**
 * The beams of one prompt, in groups. The groups step one after another: a token that beams of earlier groups have just
 * taken loses the diversity penalty for each of them.
 *
 * @see Vijayakumar et al. 2016, Diverse Beam Search (arXiv 1610.02424), algorithm 1
 */
export class PromptSearch {
  readonly groups: readonly BeamGroup[];
  readonly #prompt: Prompt;
  readonly #settings: Settings;
  readonly #random: Random | undefined;
  #step = 0;

  /** @param row the prompt's row in the batch */
  constructor(prompt: Prompt, settings: Settings, row: number) {
    const { beams, beamGroups, lengthPenalty, earlyStopping } = settings.search;
    const rules = { size: beams / beamGroups, lengthPenalty, earlyStopping };
    const all = { ...rules, endTokens: settings.endTokens, limit: prompt.limit };
    this.groups = Array.from({ length: beamGroups }, () => new BeamGroup(all, prompt.start, row));
    this.#prompt = prompt;
    this.#settings = settings;
    this.#random = settings.random?.stream(`row ${prompt.number}`);
  }

  /** The beams to score next. */
  get running(): readonly Beam[] {
    return this.groups.flatMap(({ running }) => running);
  }

  /** Texts that ended, best first. */
  get finished(): readonly Hypothesis[] {
    return this.groups.flatMap(({ finished }) => finished).sort((a, b) => b.score - a.score);
  }

  /**
   * Extends every beam by one token.
   *
   * @param given the scores of each row of the batch
   * @param logits the model's own, if the scores are guided: those are log-probabilities already
   */
  advance(given: readonly Float32Array[], logits: readonly Float32Array[] | undefined): void {
    const isLate = this.#settings.isLate();
    const taken = new Map<number, number>();
    for (const group of this.groups) {
      if (group.running.length === 0) continue;
      const own = group.running.map(({ row }) => (logits ?? given)[row]!);
      const start = group.running.map(({ row }) => (logits ? given[row]!.slice() : logProbabilitiesOf(given[row]!)));
      const scores = group.running.map((beam, at) => this.#processed(start[at]!, beam, taken));
      const traceOf = (at: number) => ({ scores: scores[at]!, logits: own[at]! });
      const candidates = this.#chosen(group.running, scores);
      const tokens = group.step(candidates, isLate, this.#traces ? traceOf : undefined);
      for (const id of tokens) taken.set(id, (taken.get(id) ?? 0) + 1);
    }
    this.#step++;
  }

  get #traces(): boolean {
    return this.#settings.outputScores || this.#settings.outputLogits;
  }

  #processed(scores: Float32Array, beam: Beam, taken: ReadonlyMap<number, number>): Float32Array {
    expectFinite(scores, `row ${this.#prompt.number}, step ${this.#step}`);
    const { limit, source } = this.#prompt;
    const place = { step: this.#step, limit, last: this.#step === limit - 1 };
    const context = { ids: beam.ids, memory: beam.memory, source, random: this.#random, ...place };
    for (const [id, times] of taken) scores[id] = float32(scores[id]! - this.#settings.search.diversityPenalty * times);
    return this.#settings.processors.reduce((result, process) => process(result, context), scores);
  }

  /** At least one candidate that does not end for each beam, whatever tokens are best. */
  #chosen(beams: readonly Beam[], scores: readonly Float32Array[]): Candidate[] {
    const totals = scores.map((row, at) => row.map((score) => float32(score + beams[at]!.score)));
    const { search, endTokens } = this.#settings;
    const count = Math.max(2, 1 + endTokens.size) * (search.beams / search.beamGroups);
    return this.#random ? drawnCandidates(totals, count, this.#random) : bestCandidates(totals, count);
  }
}
