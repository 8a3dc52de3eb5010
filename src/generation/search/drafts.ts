import type { Random } from "../../tensor";
import { bestToken, expectFinite, sampleToken } from "../choose";
import type { Plan } from "../plan";
import { maximum } from "../processors/scores";
import { type Row, scoresAfter } from "../rows";
import type { Foresight } from "../scorer";
import { stepperOf } from "../scorer-of";
import { earlierContinuation } from "./lookup";
import type { Proposal } from "./proposals";

/** What proposes the next tokens of a row. */
export interface Drafts {
  /** At most this many tokens, possibly none. */
  propose(row: Row, step: number, most: number): Promise<readonly Proposal[]>;
}

export function draftsOf(plan: Plan, row: Row): Drafts {
  const { draft, promptLookup } = plan.settings.search;
  if (draft) return new ModelDrafts({ ...plan, writer: draft.writer, negative: undefined }, row, draft.tokens);
  const { tokens = 0, maxNgram = 2 } = promptLookup ?? {};
  const source = plan.writer.encode ? row.source : [];
  return {
    propose: async ({ ids }, _, most) =>
      earlierContinuation([...source, ...ids], Math.min(tokens, most), maxNgram).map((id) => ({ id })),
  };
}

/** A smaller model. It goes on from what was accepted of its last proposals. */
class ModelDrafts implements Drafts {
  readonly #plan: Plan;
  readonly #tokens: number;
  readonly #scorer: Foresight;
  readonly #random: Random | undefined;
  /** The tokens that its scorer has. */
  readonly #known: number[];

  constructor(plan: Plan, row: Row, tokens: number) {
    this.#plan = plan;
    this.#tokens = tokens;
    this.#scorer = stepperOf(plan, row.place);
    this.#random = plan.settings.random?.stream(`draft of row ${row.row}`);
    this.#known = [...row.ids];
  }

  async propose(row: Row, step: number, most: number): Promise<Proposal[]> {
    const { writer, settings } = this.#plan;
    const { contextLength } = writer.sizes;
    // A draft with a shorter context proposes nothing more.
    const room = Math.min(this.#tokens, most, contextLength - row.ids.length + 1);
    if (room <= 0) return [];
    this.#follow(row.ids);
    const draft = { ...row, ids: [...row.ids], memory: new Map(row.memory), random: this.#random };
    const proposals: Proposal[] = [];
    for (;;) {
      const [logits] = await this.#scorer.scores();
      expectFinite(settings.where, logits!, `row ${row.row}, step ${step + proposals.length} of the draft model`);
      const scores = scoresAfter(logits!, draft, settings, step + proposals.length);
      if (maximum(scores) === Number.NEGATIVE_INFINITY) return proposals;
      const id = this.#random ? sampleToken(scores, this.#random) : bestToken(scores);
      proposals.push({ id, scores });
      if (proposals.length === room || settings.endTokens.has(id)) return proposals;
      draft.ids.push(id);
      this.#push(id);
    }
  }

  /** Drops proposals that were not accepted, and takes the tokens that came instead. */
  #follow(ids: readonly number[]): void {
    const same = this.#known.findIndex((id, at) => id !== ids[at]);
    if (same >= 0) this.#scorer.drop(this.#known.splice(same).length);
    for (const id of ids.slice(this.#known.length)) this.#push(id);
    this.#scorer.mark();
  }

  #push(id: number): void {
    this.#known.push(id);
    this.#scorer.push([id]);
  }
}
