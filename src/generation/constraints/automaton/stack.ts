/** Where a rule that was called goes on, and how often it was called there before. */
export interface Return<S = Stack> {
  /** The number of the call, or {@link WHOLE}. */
  readonly call: number;
  /** Repetitions that are done. */
  readonly count: number;
  readonly stack: S;
}

/** The call of the whole grammar. */
export const WHOLE = -1;

/**
 * What follows when a rule ends: all places that called it at the same position of the text. Equal stacks are the same
 * object. Left recursion makes cycles.
 *
 * @see Tomita 1985, An Efficient Context-free Parsing Algorithm, for stacks that share their parts
 */
export interface Stack {
  readonly id: number;
  readonly rule: number;
  readonly returns: readonly Return[];
  /** The least number of bytes to the end of the text, after the rule has ended. */
  distance: number;
}

/** A stack while its position is being read: more callers may be found. */
export class OpenStack {
  readonly rule: number;
  readonly returns = new Map<string, OpenReturn>();
  /** Rules called last by this rule: they return where it returns. */
  readonly inheritors = new Set<OpenStack>();
  /** Whether the rule can end here, without reading anything. */
  isEmptyMatch = false;

  constructor(rule: number) {
    this.rule = rule;
  }
}

export interface OpenReturn extends Return<Stack | OpenStack> {
  /** Whether anything was read since the call. Only repetitions ask. */
  readonly hasRead: boolean;
}

export const nameOf = (stack: Stack | OpenStack): string =>
  stack instanceof OpenStack ? `r${stack.rule}` : String(stack.id);

export const keyOf = ({ call, count, stack }: Return<Stack | OpenStack>): string => `${call},${count},${nameOf(stack)}`;
