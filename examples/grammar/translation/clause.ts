import type { Phrase } from "./phrases";
import type { Modal, Tense, Verb } from "./verbs";

export interface Pair {
  readonly source: string;
  readonly target: string;
}

/** The same words in both languages: an adverb, a place, an adjective. */
export interface Words {
  readonly english: string;
  readonly german: string;
}

/** Who does what to whom, when and where, independent of the language. */
export interface Clause {
  readonly subject: Phrase;
  readonly verb: Verb;
  readonly tense?: Tense;
  readonly modal?: Modal;
  readonly negated?: boolean;
  readonly recipient?: Phrase;
  readonly object?: Phrase;
  readonly time?: Words;
  /** "likes to": German uses "gern". */
  readonly gladly?: boolean;
  /** A place, a direction or a predicate adjective. */
  readonly complement?: Words;
}
