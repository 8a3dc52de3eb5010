import type { AlignedText } from "../../text";
import { align, type Change } from "./changes";
import { combiningOrder } from "./combining-class";
import type { Normalizer } from "./normalizer";
import { normalized } from "./unicode-9";

export type UnicodeForm = "NFC" | "NFD" | "NFKC" | "NFKD";

const ASCII = /^[\0-\x7f]*$/;

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
    if (ASCII.test(text.text)) return text;
    const decomposed = reorder(decompose(text.text, this.#form.startsWith("NFK") ? "NFKD" : "NFD"));
    const changes = this.#form.endsWith("C") ? compose(decomposed) : decomposed;
    return textOf(changes) === text.text ? text : align(text, changes);
  }
}

function decompose(text: string, form: "NFD" | "NFKD"): Change[] {
  const changes: Change[] = [];
  for (const character of text) {
    let change = 0;
    for (const part of normalized(character, form)) {
      changes.push({ character: part, change });
      change = 1;
    }
  }
  return changes;
}

/**
 * Sorts every run of marks into canonical order. `String.normalize` would take quadratic time for a long
 * run.
 */
function reorder(parts: readonly Change[]): Change[] {
  const result: Change[] = [];
  let run: { part: Change; order: number }[] = [];
  const flush = (): void => {
    run.sort((a, b) => a.order - b.order);
    for (const { part } of run) result.push(part);
    run = [];
  };
  for (const part of parts) {
    const order = combiningOrder(part.character);
    if (order > 0) {
      run.push({ part, order });
    } else {
      flush();
      result.push(part);
    }
  }
  flush();
  return result;
}

function textOf(changes: readonly Change[]): string {
  return changes.map(({ character }) => character).join("");
}

/** Finds the parts of each composed character. */
function compose(parts: readonly Change[]): Change[] {
  const result: Change[] = [];
  const used = new Uint8Array(parts.length);
  let first = 0;
  for (const character of normalized(textOf(parts), "NFC")) {
    while (used[first]) first++;
    let change = 1;
    let at = first;
    for (const part of normalized(character, "NFD")) {
      while (at < parts.length && (used[at] || parts[at]?.character !== part)) at++;
      used[at] = 1;
      change += (parts[at]?.change ?? 1) - 1;
    }
    result.push({ character, change });
  }
  return result;
}
