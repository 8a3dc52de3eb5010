import { AlignedText } from "../../text";

/**
 * A character of the new text and its relation to the old: `change` 0 means that it replaces the next old character, 1
 * that it is one more character from the same old one, -n that it replaces the next old character and n more.
 */
export interface Change {
  character: string;
  change: number;
}

/** Another text for the same piece, with the span of the original for each code unit. */
export function rewritten(old: AlignedText, text: string, starts: number[], ends: number[]): AlignedText {
  return new AlignedText(text, old.start, old.end, { starts: Int32Array.from(starts), ends: Int32Array.from(ends) });
}

/** The new text, with every character at the place of the old ones that it replaces. */
export function align(text: AlignedText, changes: readonly Change[]): AlignedText {
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
  return rewritten(text, normalized, starts, ends);
}
