import { type Check, wrongKind, wrongResult } from "../checks";
import type { ConstraintState, TextConstraint } from "./constraints/text-constraint";
import type { TokenVocabulary } from "./constraints/vocabulary";
import type { Processor, ScoreContext } from "./processor";

/**
 * Which tokens may come next: a constraint on the new text, or a function that gives them for the tokens generated so far.
 */
export type Constraint = TextConstraint | ((ids: readonly number[]) => readonly number[]);

/** The same options, with a constraint that knows the vocabulary. */
export function bound<Options extends { constraint?: Constraint | undefined }>(
  options: Options,
  tokenizer: TokenVocabulary,
): Options {
  const { constraint } = options;
  if (constraint === undefined || typeof constraint === "function" || constraint.isBound) return options;
  return { ...options, constraint: constraint.bind(tokenizer) };
}

/** Accepts constraints of another copy of the library too, because only their methods are used. */
export const constraintCheck: Check = (where, name, value) => {
  const isConstraint = typeof value === "object" && value !== null && typeof Reflect.get(value, "start") === "function";
  if (typeof value !== "function" && !isConstraint)
    throw wrongKind(where, name, "a function or a constraint, such as regex(pattern)", value);
};

/** What a row has written, and where that leaves it. */
interface Progress {
  readonly tokens: readonly number[];
  /** Undefined if a token was not allowed: another option has chosen it. */
  readonly state: ConstraintState | undefined;
}

/**
 * Excludes the tokens that a constraint does not allow. End tokens are allowed exactly where the text may end.
 *
 * @throws TypeError if the constraint does not know the vocabulary
 */
export function constrained(where: string, constraint: Constraint, endTokens: readonly number[]): Processor {
  if (typeof constraint === "function")
    return (scores, context) => onlyListed(where, scores, constraint(newTokens(context)));
  if (!constraint.isBound)
    throw new TypeError(
      `${where}: constraint does not know the vocabulary; pass the tokenizer when making it, as in regex(pattern, tokenizer)`,
    );
  return (scores, context) => {
    const state = stateOf(constraint, context);
    const { limit, step } = context;
    const room = limit - step;
    if (state === undefined) return only(scores, NOTHING);
    if (step === 0) expectRoom(where, state, room);
    const left = only(scores, state.allowedWithin(room));
    for (const id of endTokens) left[id] = state.isComplete ? scores[id]! : Number.NEGATIVE_INFINITY;
    return left;
  };
}

/** Whether the text is complete, and no token may follow. Ends a row of a model without end tokens. */
export function isOver(constraint: Constraint | undefined, context: ScoreContext): boolean {
  if (constraint === undefined || typeof constraint === "function") return false;
  const state = stateOf(constraint, context);
  return state?.isComplete === true && state.allowed.every((bits) => bits === 0);
}

const NOTHING = new Uint32Array(0);

const newTokens = ({ ids, step }: ScoreContext): readonly number[] => ids.slice(ids.length - step);

/** Goes on from the last state of the row, if the row still begins with its tokens. */
function stateOf(constraint: TextConstraint, context: ScoreContext): ConstraintState | undefined {
  const tokens = newTokens(context);
  const last = context.memory.get(constraint) as Progress | undefined;
  const continues = last?.tokens.every((id, i) => id === tokens[i]) ?? false;
  const start = continues ? last!.state : constraint.start({ first: !isPrompt(context) });
  const rest = continues ? tokens.slice(last!.tokens.length) : tokens;
  const state = rest.reduce((before, id) => before?.next(id), start);
  context.memory.set(constraint, { tokens, state } satisfies Progress);
  return state;
}

/** Whether the new tokens continue the source: an encoder-decoder's target begins a text. */
const isPrompt = ({ ids, source, step }: ScoreContext): boolean =>
  ids.length - step === source.length && source.every((id, i) => id === ids[i]);

/** @throws RangeError if the text cannot end in time */
function expectRoom(where: string, state: ConstraintState, room: number): void {
  if (state.tokensToEnd(room) > room)
    throw new RangeError(
      `${where}: no text that meets the constraint was found within ${room} new tokens; raise maxNewTokens`,
    );
}

/** The scores of the tokens in a mask, a bit for each. */
function only(scores: Float32Array, mask: Uint32Array): Float32Array {
  const left = new Float32Array(scores.length).fill(Number.NEGATIVE_INFINITY);
  for (let word = 0; word < mask.length; word++)
    for (let bits = mask[word]!; bits !== 0; bits &= bits - 1) {
      const id = word * 32 + 31 - Math.clz32(bits & -bits);
      if (id < left.length) left[id] = scores[id]!;
    }
  return left;
}

function onlyListed(where: string, scores: Float32Array, ids: unknown): Float32Array {
  if (!Array.isArray(ids)) throw wrongResult(where, "the result of the constraint", "an array of token ids", ids);
  const left = new Float32Array(scores.length).fill(Number.NEGATIVE_INFINITY);
  // Unlike forEach, entries() also visits the holes of an array.
  for (const [i, id] of (ids as unknown[]).entries()) {
    if (typeof id !== "number" || !(id in left))
      throw new RangeError(
        `${where}: the constraint gave ${String(id)} in place ${i}, which is not a token of the vocabulary of ${scores.length}`,
      );
    left[id] = scores[id]!;
  }
  return left;
}
