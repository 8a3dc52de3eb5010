import { type Random, random } from "transformer-blocks";
import type { ConstraintState, TextConstraint, TokenVocabulary } from "transformer-blocks/generation";

/** A vocabulary of all bytes, and some longer tokens. */
export function vocabularyOf(tokens: readonly string[] = [], bytes: readonly number[] = allBytes): TokenVocabulary {
  const texts = [
    ...bytes.map((byte) => Uint8Array.of(byte)),
    ...tokens.map((token) => new TextEncoder().encode(token)),
  ];
  return {
    vocabSize: texts.length,
    idToToken: (id) => (texts[id] ? `token ${id}` : undefined),
    tokenBytes: (id) => texts[id],
  };
}

export const allBytes: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte);
export const bytes = vocabularyOf();

export const allows = (mask: Uint32Array, id: number): boolean => ((mask[id >>> 5]! >>> (id & 31)) & 1) === 1;

/** Whether a constraint for all bytes lets a text through, byte by byte. */
export function accepts(constraint: TextConstraint, text: string): boolean {
  let state = constraint.start();
  for (const byte of new TextEncoder().encode(text)) {
    if (!allows(state.allowed, byte)) return false;
    state = state.after(byte);
  }
  return state.isComplete;
}

/** A model of random weights: any allowed token, with a limit. The end is a token like others. */
export function drawText(
  constraint: TextConstraint,
  vocabulary: TokenVocabulary,
  seed: number,
  limit = 60,
): { text: string; ids: number[] } {
  const numbers = random(seed);
  let state = constraint.start();
  const room = limit + state.tokensToEnd();
  const ids: number[] = [];
  while (ids.length < room) {
    const allowed = listOf(state.allowedWithin(room - ids.length));
    if (state.isComplete && (allowed.length === 0 || chance(numbers) < 0.2)) break;
    if (allowed.length === 0) throw new Error(`a dead end after ${JSON.stringify(textOf(ids, vocabulary))}`);
    const id = allowed[Math.floor(chance(numbers) * allowed.length)]!;
    ids.push(id);
    state = state.after(id);
  }
  return { text: textOf(ids, vocabulary), ids };
}

const chance = (numbers: Random): number => numbers.bits() / 2 ** 32;

export const listOf = (mask: Uint32Array): number[] =>
  Array.from(mask.keys()).flatMap((word) =>
    Array.from({ length: 32 }, (_, bit) => word * 32 + bit).filter((id) => allows(mask, id)),
  );

export const textOf = (ids: readonly number[], vocabulary: TokenVocabulary): string =>
  new TextDecoder("utf-8", { fatal: true }).decode(
    Uint8Array.from(ids.flatMap((id, at) => [...vocabulary.tokenBytes(id, { first: at === 0 })!])),
  );

/** The state after a text that is written byte by byte. */
export const afterText = (state: ConstraintState, text: string): ConstraintState =>
  new TextEncoder().encode(text).reduce((at, byte) => at.after(byte), state);
