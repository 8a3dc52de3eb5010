/** The hash of a text: FNV-1a over its UTF-16 code units. @see http://www.isthe.com/chongo/tech/comp/fnv/ */
export function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return sum;
}

/**
 * Whether a text is kept out of training: one in sixteen, by its content alone, so that a copy of a held-out text is
 * held out too, however it is drawn.
 */
export const isHeldOut = (text: string): boolean => hash(text) % 16 === 0;
