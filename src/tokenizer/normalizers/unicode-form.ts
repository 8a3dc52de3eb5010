import type { AlignedText } from "../aligned-text";
import type { Normalizer } from "./normalizer";

export type UnicodeForm = "NFC" | "NFD" | "NFKC" | "NFKD";

/**
 * A character of the new text and how it relates to the old: `change` 0 stands for the next old character, 1 for one
 * more character out of the same old one, -n for the next old character and the n after it.
 */
interface Change {
  character: string;
  change: number;
}

/**
 * Unicode normalization that keeps offsets.
 *
 * @see https://unicode.org/reports/tr15/
 */
export class UnicodeNormalizer implements Normalizer {
  readonly #form: UnicodeForm;

  constructor(form: UnicodeForm) {
    this.#form = form;
  }

  normalize(text: AlignedText): AlignedText {
    const normalized = text.text.normalize(this.#form);
    if (normalized === text.text) return text;
    const decomposition = this.#form.startsWith("NFK") ? "NFKD" : "NFD";
    const decomposed = reorder(decompose(text.text, decomposition), text.text.normalize(decomposition));
    return align(text, this.#form.endsWith("C") ? compose(decomposed, normalized) : decomposed);
  }
}

function decompose(text: string, form: "NFD" | "NFKD"): Change[] {
  const changes: Change[] = [];
  for (const character of text) {
    let change = 0;
    for (const part of character.normalize(form)) {
      changes.push({ character: part, change });
      change = 1;
    }
  }
  return changes;
}

/** Brings the parts into canonical order. Equal marks keep their order, so the k-th stays the k-th. */
function reorder(parts: readonly Change[], ordered: string): Change[] {
  const result: Change[] = [];
  const waiting = new Map<string, { queue: Change[]; head: number }>();
  let next = 0;
  for (const character of ordered) {
    const early = waiting.get(character);
    if (early !== undefined && early.head < early.queue.length) {
      result.push(early.queue[early.head++] as Change);
      continue;
    }
    for (; next < parts.length && parts[next]?.character !== character; next++) {
      const skipped = parts[next] as Change;
      const entry = waiting.get(skipped.character);
      if (entry === undefined) waiting.set(skipped.character, { queue: [skipped], head: 0 });
      else entry.queue.push(skipped);
    }
    result.push(parts[next++] ?? { character, change: 1 });
  }
  return result;
}

/** Finds for each composed character the parts it was composed of. */
function compose(parts: readonly Change[], composed: string): Change[] {
  const result: Change[] = [];
  const used = new Uint8Array(parts.length);
  let first = 0;
  for (const character of composed) {
    while (used[first]) first++;
    let change = 1;
    let at = first;
    for (const part of character.normalize("NFD")) {
      while (at < parts.length && (used[at] || parts[at]?.character !== part)) at++;
      used[at] = 1;
      change += (parts[at]?.change ?? 1) - 1;
    }
    result.push({ character, change });
  }
  return result;
}

function align(text: AlignedText, changes: readonly Change[]): AlignedText {
  let normalized = "";
  const starts: number[] = [];
  const ends: number[] = [];
  const old = text.text;
  const lengthAt = (at: number): number => ((old.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  let at = 0;
  let previous = 0;
  for (const { character, change } of changes) {
    if (change <= 0) {
      previous = at;
      at += lengthAt(at);
    }
    const [start, end] = text.offsets(previous, previous + lengthAt(previous));
    for (let skipped = change; skipped < 0; skipped++) {
      previous = at;
      at += lengthAt(at);
    }
    normalized += character;
    for (let i = 0; i < character.length; i++) {
      starts.push(start);
      ends.push(end);
    }
  }
  return text.rewrite(normalized, starts, ends);
}
