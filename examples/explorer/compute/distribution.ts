import { processors } from "transformer-blocks";

/** How the scores become a distribution. */
export interface Shaping {
  /** 0: always the likeliest token. */
  temperature: number;
  /** 0: all tokens. */
  topK: number;
  /** 1: all tokens. */
  topP: number;
}

export interface Candidate {
  id: number;
  /** The model's own probability. */
  before: number;
  /** The probability with temperature, top-k and top-p; 0 for what they leave out. */
  after: number;
}

/** softmax, in double precision. */
export function probabilities(logits: ArrayLike<number>): Float64Array {
  let greatest = -Infinity;
  for (let i = 0; i < logits.length; i++) greatest = Math.max(greatest, logits[i]!);
  const shares = Float64Array.from(logits, (logit) => Math.exp(logit - greatest));
  let sum = 0;
  for (const share of shares) sum += share;
  return shares.map((share) => share / sum);
}

const context = { ids: [], source: [], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };

/** Applies temperature, then top-k, then top-p, as `generate` does. */
function shapedLogits(logits: Float32Array, { temperature, topK, topP }: Shaping): Float32Array {
  const chain = [
    ...(temperature === 0 ? [processors.topK(1)] : [processors.temperature(temperature)]),
    ...(topK > 0 ? [processors.topK(topK)] : []),
    ...(topP < 1 ? [processors.topP(topP)] : []),
  ];
  return chain.reduce((scores, process) => process(scores, context), logits);
}

/** All tokens, the likeliest first. */
export function candidates(logits: Float32Array, shaping: Shaping): Candidate[] {
  const before = probabilities(logits);
  const after = probabilities(shapedLogits(logits, shaping));
  return Array.from(before, (share, id) => ({ id, before: share, after: after[id]! })).sort(
    (a, b) => b.before - a.before || a.id - b.id,
  );
}

/** How many equally likely tokens would be as uncertain: e^entropy. */
export function perplexityOf(shares: Iterable<number>): number {
  let entropy = 0;
  for (const share of shares) if (share > 0) entropy -= share * Math.log(share);
  return Math.exp(entropy);
}

/** The candidate at a point between 0 and 1 of the bar in which each is as wide as it is likely. */
export function drawn(all: readonly Candidate[], point: number): Candidate {
  const possible = all.filter(({ after }) => after > 0);
  let end = 0;
  for (const candidate of possible) {
    end += candidate.after;
    if (point < end) return candidate;
  }
  return possible.at(-1)!;
}
