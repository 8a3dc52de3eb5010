import { AlignedText } from "../../text";

/**
 * A character of the new text and how it relates to the old: `change` 0 stands for the next old character, 1 for one
 * more character out of the same old one, -n for the next old character and the n after it.
 */
export interface Change {
  character: string;
  change: number;
}

/** Another text for the same piece, with the span of the original for each of its code units. */
export function rewritten(old: AlignedText, text: string, starts: number[], ends: number[]): AlignedText {
  return new AlignedText(text, old.start, old.end, { starts: Int32Array.from(starts), ends: Int32Array.from(ends) });
}

/** The new text, every character in the place of the old ones that it stands for. */
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
