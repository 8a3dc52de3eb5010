/** A set of bytes: 256 bits. */
export type ByteSet = Uint32Array;

/** The bytes from the first to the last, both included. */
export function byteRange(first: number, last: number): ByteSet {
  const set = new Uint32Array(8);
  for (let byte = first; byte <= last; byte++) set[byte >>> 5]! |= 1 << (byte & 31);
  return set;
}

export const hasByte = (set: ByteSet, byte: number): boolean => ((set[byte >>> 5]! >>> (byte & 31)) & 1) === 1;

/**
 * Groups the bytes that no set tells apart: all transitions of an automaton are the same for bytes of one class.
 *
 * @returns the class of each byte, and one byte of each class
 */
export function byteClasses(sets: Iterable<ByteSet>): { classOf: Uint8Array; members: number[] } {
  let classOf = new Uint8Array(256);
  let members = [0];
  for (const set of sets) {
    const renamed = new Map<number, number>();
    const next = new Uint8Array(256);
    const nextMembers: number[] = [];
    for (let byte = 0; byte < 256; byte++) {
      const key = classOf[byte]! * 2 + (hasByte(set, byte) ? 1 : 0);
      let number = renamed.get(key);
      if (number === undefined) {
        number = nextMembers.length;
        renamed.set(key, number);
        nextMembers.push(byte);
      }
      next[byte] = number;
    }
    classOf = next;
    members = nextMembers;
  }
  return { classOf, members };
}
